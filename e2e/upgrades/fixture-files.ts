// What a fixture holds besides the store: the secrets that the store has only as hashes, and the answers of the old
// program.
import type { StoreView } from './store-view.ts'

/** The content of test-tokens.json. Its tokens and passwords are valid in the fixture alone. */
export interface TestTokens {
  /** The settings of the old program, as `LATCHKEY_…` variables. */
  readonly settings: Readonly<Record<string, string>>
  /** The time on the server's clock when the old program gave its answers, as RFC 3339. */
  readonly at: string
  readonly masterKey: string
  readonly adminKey: string
  readonly tokens: readonly RecordedToken[]
  readonly clients: readonly RecordedClient[]
  readonly operators: readonly RecordedOperator[]
  readonly adminKeys: readonly RecordedAdminKey[]
  /** A request with an Idempotency-Key, and the integration that it created. */
  readonly idempotent: { readonly key: string; readonly body: string; readonly integrationId: string }
}

/** The content of answers.json: the answers of the old program about its own store, before any upgrade. */
export interface Answers {
  readonly store: StoreView
  /** The verdict on each token, in the order of test-tokens.json. */
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
  /** All valid secrets. There are two while a secret is being rotated. */
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
