// The port for the credentials of an integration other than secrets, as an operator sees them.
import type { Credential } from '../domain/credential.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LastUse } from './integrations.ts'

export interface CredentialRecord {
  readonly credential: Credential
  readonly createdAt: EpochSeconds
  readonly lastUse: LastUse | undefined
}

export interface Credentials {
  /** Returns the credentials of an integration, the oldest first. Throws `StoreUnavailable`. */
  of(clientId: string): Promise<readonly CredentialRecord[]>
}
