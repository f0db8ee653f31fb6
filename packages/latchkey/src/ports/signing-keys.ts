// The ports that generate signing keys and read and change their records. A record contains the encrypted private key.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ChangedKeySet, KeySetChange, KeySetRefusal, KeyStep } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'

export interface ChangedSigningKeys extends ChangedKeySet {
  /** The number of live tokens that the change ended. */
  readonly endedTokens: number
}

export interface SigningKeys {
  /**
   * Returns all signing keys in memory, the oldest first: the key that signs, the next key, and each old key that may
   * have signed unexpired tokens.
   */
  all(): Promise<readonly SigningKeyRecord[]>
  /**
   * Changes the key set in one commit, with an audit event for each step. Exactly one key signs at any time. If a key
   * is revoked, the same commit ends the live tokens that the key may have signed. After a key has stopped signing, no
   * token with its signature becomes live. Throws `StoreUnavailable`.
   */
  change(
    change: KeySetChange,
    audit: (step: KeyStep) => AuditRecord,
  ): Promise<Result<ChangedSigningKeys, KeySetRefusal>>
  /** Calls `listener` with the whole key set after each durable change, before `change` resolves. */
  onChange(listener: (keys: readonly SigningKeyRecord[]) => void): void
}

export interface SigningKeyMaker {
  /**
   * Generates a key pair of the configured algorithm and seals the private key. The generation of an RSA key takes some
   * 100 ms on another thread.
   */
  make(status: 'next' | 'signing'): Promise<SigningKeyRecord>
}
