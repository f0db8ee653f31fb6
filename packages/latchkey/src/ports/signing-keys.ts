// The ports that read, make and change the records of signing keys. A record contains the sealed private key.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ChangedKeySet, KeySetChange, KeySetRefusal, KeyStep } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'

export interface ChangedSigningKeys extends ChangedKeySet {
  /** The number of live tokens that the change ended. */
  readonly endedTokens: number
}

export interface SigningKeys {
  /** Returns, from memory, the key that signs and every key whose tokens may still be presented, the oldest first. */
  all(): Promise<readonly SigningKeyRecord[]>
  /**
   * Changes the key set and writes an audit event for each step, in one commit. Exactly one key signs at any time. A
   * revocation ends the live tokens that the key may have signed, in the same commit. When a key has stopped signing,
   * no further token that it signed becomes live. Throws `StoreUnavailable`.
   */
  change(
    change: KeySetChange,
    audit: (step: KeyStep) => AuditRecord,
  ): Promise<Result<ChangedSigningKeys, KeySetRefusal>>
  /**
   * Calls `listener` with the whole key set after each durable change. The caller of the change gets its answer
   * afterwards.
   */
  onChange(listener: (keys: readonly SigningKeyRecord[]) => void): void
}

export interface SigningKeyMaker {
  /**
   * Makes a key pair of the configured algorithm and seals the private key. An RSA key takes about 100 ms, on another
   * thread.
   */
  make(status: 'next' | 'signing'): Promise<SigningKeyRecord>
}
