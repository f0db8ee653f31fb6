// Seals backups with a MAC under a key derived from the master key. `latchkey restore` needs `--accept-unsealed` for a
// backup that was sealed under another master key, or not at all.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { BackupSealing } from '../ports/backups.ts'
import type { DerivedKeys } from './derived-keys.ts'

export function createBackupSealing({ backupSeal }: Pick<DerivedKeys, 'backupSeal'>): BackupSealing {
  const macOf = (text: string): Buffer => createHmac('sha256', backupSeal).update(text).digest()
  return {
    seal: (text) => macOf(text).toString('hex'),
    fits: ({ text, mac }) => {
      const [expected, found] = [macOf(text), Buffer.from(mac, 'hex')]
      return found.length === expected.length && timingSafeEqual(found, expected)
    },
  }
}
