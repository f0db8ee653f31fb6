// The signing keys' records, sealed private halves included, and how they are made and changed.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ChangedKeySet, KeySetChange, KeySetRefusal, KeyStep } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'

export interface ChangedSigningKeys extends ChangedKeySet {
  /** How many live tokens ended with it. */
  readonly endedTokens: number
}

export interface SigningKeys {
  /** Every key whose tokens may still be presented, and the one that signs; the oldest first. From memory. */
  all(): Promise<readonly SigningKeyRecord[]>
  /**
   * Changes the set as it is when the change is made, with what the audit trail is told of each step, in one commit:
   * always exactly one key signs. A revocation ends the live tokens that the key can have signed in the same commit, and
   * no token signed by a key that stopped signing becomes live after it. Throws `StoreUnavailable`.
   */
  change(
    change: KeySetChange,
    audit: (step: KeyStep) => AuditRecord,
  ): Promise<Result<ChangedSigningKeys, KeySetRefusal>>
  /** Calls back with the whole set whenever it changed: once that is durable, and before anybody is told. */
  onChange(listener: (keys: readonly SigningKeyRecord[]) => void): void
}

export interface SigningKeyMaker {
  /** A new key pair of the configured algorithm, its private half sealed. RSA takes some 100 ms, on another thread. */
  make(status: 'next' | 'signing'): Promise<SigningKeyRecord>
}
