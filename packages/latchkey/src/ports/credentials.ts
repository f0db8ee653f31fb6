// The port with which operators read the client keys and trust rules of an integration. The port also tells the server
// which keys to fetch.
import type { ClientKeySource, Credential } from '../domain/credential.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LastUse } from './integrations.ts'

export interface CredentialRecord {
  readonly credential: Credential
  readonly createdAt: EpochSeconds
  readonly lastUse: LastUse | undefined
}

export interface Credentials {
  /** Returns the client keys and trust rules of an integration, the oldest first. Throws `StoreUnavailable`. */
  of(clientId: string): Promise<readonly CredentialRecord[]>
  /**
   * Calls `follower` for each integration that has a `jwks_uri`, and again when the integration gets another `jwks_uri`
   * or loses it. Only one follower is possible.
   */
  followKeySources(follower: (clientId: string, source: ClientKeySource | undefined) => void): void
}
