// The port with which operators read the client secrets of an integration. The store contains the texts of the secrets
// only in sealed (encrypted) copies.
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LastUse } from './integrations.ts'

export interface SecretRecord extends Pick<ClientSecret, 'id' | 'endsAt'> {
  readonly origin: SecretOrigin
  readonly createdAt: EpochSeconds
  /** True if the store has an encrypted copy of the secret, from which an operator can reveal it again. */
  readonly isSealed: boolean
  readonly lastUse: LastUse | undefined
}

export interface SecretUse extends LastUse {
  readonly clientId: string
  readonly secretId: string
}

export interface Secrets {
  /** Returns the secrets of an integration, the oldest first. Throws `StoreUnavailable`. */
  of(clientId: string): Promise<readonly SecretRecord[]>
  /** Returns the encrypted copy of a secret. Undefined if the store has no copy. Throws `StoreUnavailable`. */
  sealedCopy(clientId: string, secretId: string): Promise<Uint8Array | undefined>
  /**
   * Records in memory that the secret authenticated a request. A timer writes the use to the store within ten seconds,
   * or within a minute on a storage engine where the commit of a new token already records the use.
   */
  noteUse(use: SecretUse): void
}
