// Derives one key for each purpose from the master key.
import type { KeyObject } from 'node:crypto'
import type { MasterKey } from './master-key.ts'

/**
 * The keys that the server derives from the master key. Each is a KeyObject, so neither `console.log` nor JSON shows
 * its bytes.
 */
export interface DerivedKeys {
  /**
   * The key for the hashes of client secrets. An attacker who has only a stolen store cannot test guesses of a secret.
   */
  readonly pepper: KeyObject
  readonly secretSealing: KeyObject
  readonly keySealing: KeyObject
  readonly auditMac: KeyObject
  readonly sessions: KeyObject
  readonly backupSeal: KeyObject
  /** The key that authenticates the rows on which access depends. */
  readonly rowMac: KeyObject
  /** The key for the hashes of operators' passwords. */
  readonly passwords: KeyObject
}

// The labels are part of the store format: after a change of a label, the server could neither decrypt nor verify the
// values that the store already has.
export const deriveKeys = (master: MasterKey): DerivedKeys => ({
  pepper: master.derive('latchkey/v1/pepper'),
  secretSealing: master.derive('latchkey/v1/secret-sealing'),
  keySealing: master.derive('latchkey/v1/key-sealing'),
  auditMac: master.derive('latchkey/v1/audit-mac'),
  sessions: master.derive('latchkey/v1/sessions'),
  backupSeal: master.derive('latchkey/v1/backup-seal'),
  rowMac: master.derive('latchkey/v1/row-mac'),
  passwords: master.derive('latchkey/v1/passwords'),
})
