// The port with which operators read the client keys and trust rules of an integration.
import type { Credential } from '../domain/credential.ts'
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
}
