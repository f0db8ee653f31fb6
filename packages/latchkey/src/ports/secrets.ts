// The client secrets of an integration as an operator sees them. Their texts are only in the sealed copies.
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LastUse } from './integrations.ts'

export interface SecretRecord extends Pick<ClientSecret, 'id' | 'endsAt'> {
  readonly origin: SecretOrigin
  readonly createdAt: EpochSeconds
  /** Whether a sealed copy is kept, so that it can be looked up again. */
  readonly isSealed: boolean
  readonly lastUse: LastUse | undefined
}

export interface SecretUse extends LastUse {
  readonly clientId: string
  readonly secretId: string
}

export interface Secrets {
  /** The oldest first. Throws `StoreUnavailable`. */
  of(clientId: string): Promise<readonly SecretRecord[]>
  /** The sealed copy; undefined when none is kept. Throws `StoreUnavailable`. */
  sealedCopy(clientId: string, secretId: string): Promise<Uint8Array | undefined>
  /**
   * Remembers that the secret authenticated a request. Costs nothing now. It is written within ten seconds or, if tokens
   * take their uses along in their commits, within a minute.
   */
  noteUse(use: SecretUse): void
}
