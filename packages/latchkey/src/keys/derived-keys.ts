// Derives one key for each purpose from the master key.
import type { KeyObject } from 'node:crypto'
import type { MasterKey } from './master-key.ts'

/** Secret KeyObjects: neither `console.log` nor JSON shows anything of their bytes. */
export interface DerivedKeys {
  /** The key of the hashes of client secrets. Without it a stolen store does not help to guess secrets. */
  readonly pepper: KeyObject
  readonly secretSealing: KeyObject
  readonly keySealing: KeyObject
  readonly auditMac: KeyObject
  readonly sessions: KeyObject
  readonly backupSeal: KeyObject
  /** Authenticates the rows that decide. */
  readonly rowMac: KeyObject
  /** The key of the hashes of operators' passwords. */
  readonly passwords: KeyObject
}

// The labels are part of the store format: with a changed label nothing that was written before can be opened.
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
