// The contents of a fixture besides the store itself: the texts that the store has only as hashes, and the answers of
// the program that made the fixture.
import type { StoreView } from './store-view.ts'

/** test-tokens.json. Everything in it belongs to the fixture alone: the tokens and passwords open nothing else. */
export interface TestTokens {
  /** The settings of the old program, as `LATCHKEY_…` variables. */
  readonly settings: Readonly<Record<string, string>>
  /** The time in RFC 3339 on the server's clock when the old program gave its answers. */
  readonly at: string
  readonly masterKey: string
  readonly adminKey: string
  readonly tokens: readonly RecordedToken[]
  readonly clients: readonly RecordedClient[]
  readonly operators: readonly RecordedOperator[]
  readonly adminKeys: readonly RecordedAdminKey[]
  /** A request with an Idempotency-Key, and the integration that the request made. */
  readonly idempotent: { readonly key: string; readonly body: string; readonly integrationId: string }
}

/** answers.json: the answers of the old program about its own store, before any upgrade. */
export interface Answers {
  readonly store: StoreView
  /** The answers in the order of the tokens in test-tokens.json. */
  readonly verdicts: readonly Verdict[]
}

export interface Verdict {
  readonly status: number
  readonly reason: string | null
}

export interface RecordedToken {
  /** A short description, for the message of a failing test. */
  readonly what: string
  readonly token: string
}

export interface RecordedClient {
  readonly name: string
  readonly clientId: string
  /** All valid secrets: two while a secret is rotated. */
  readonly secrets: readonly string[]
  readonly scopes: readonly string[]
  readonly isEnabled: boolean
}

export interface RecordedOperator {
  readonly email: string
  readonly password: string
  readonly role: string
  readonly canSignIn: boolean
  /** The cookies of open sessions. */
  readonly sessions: readonly string[]
}

export interface RecordedAdminKey {
  readonly name: string
  readonly role: string
  readonly key: string
  readonly isValid: boolean
}
