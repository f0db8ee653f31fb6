// What a fixture holds beside the store itself: the texts that the store keeps only as hashes, and what the program
// that made the fixture answered about it.
import type { StoreView } from './store-view.ts'

/** test-tokens.json. Everything in it belongs to the fixture alone: the tokens and passwords open nothing else. */
export interface TestTokens {
  /** The settings of the old program: `LATCHKEY_…` variables. */
  readonly settings: Readonly<Record<string, string>>
  /** RFC 3339. What the clock of the server said when the old program gave its answers. */
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

/** answers.json: what the old program said about its own store, before any upgrade. */
export interface Answers {
  readonly store: StoreView
  /** In the order of the tokens in test-tokens.json. */
  readonly verdicts: readonly Verdict[]
}

export interface Verdict {
  readonly status: number
  readonly reason: string | null
}

export interface RecordedToken {
  /** A few words, for the message of a failing test. */
  readonly what: string
  readonly token: string
}

export interface RecordedClient {
  readonly name: string
  readonly clientId: string
  /** All that are valid: two while a secret is rotated. */
  readonly secrets: readonly string[]
  readonly scopes: readonly string[]
  readonly isEnabled: boolean
}

export interface RecordedOperator {
  readonly email: string
  readonly password: string
  readonly role: string
  readonly canSignIn: boolean
  /** Cookies of sessions that are open. */
  readonly sessions: readonly string[]
}

export interface RecordedAdminKey {
  readonly name: string
  readonly role: string
  readonly key: string
  readonly isValid: boolean
}
