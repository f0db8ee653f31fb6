// The signing keys' records, sealed private halves included.
import type { SigningKeyRecord } from '../domain/signing-key.ts'

export interface SigningKeys {
  /** Every key whose tokens may still be alive, and the one that signs. */
  all(): Promise<readonly SigningKeyRecord[]>
  /** Replaces the whole set in one commit: always exactly one key signs. */
  replaceAll(keys: readonly SigningKeyRecord[]): Promise<void>
}
