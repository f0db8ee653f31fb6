// The port for the client secrets of an integration, as an operator sees them. Only the sealed copies hold the texts.
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LastUse } from './integrations.ts'

export interface SecretRecord extends Pick<ClientSecret, 'id' | 'endsAt'> {
  readonly origin: SecretOrigin
  readonly createdAt: EpochSeconds
  /** True if the store has a sealed copy, so that an operator can reveal the secret again. */
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
  /** Returns the sealed copy. Undefined if the store has none. Throws `StoreUnavailable`. */
  sealedCopy(clientId: string, secretId: string): Promise<Uint8Array | undefined>
  /**
   * Records in memory that the secret authenticated a request. The use is written within ten seconds, or within a
   * minute if issuances write it in their own commits.
   */
  noteUse(use: SecretUse): void
}
