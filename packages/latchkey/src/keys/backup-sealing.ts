// Seals backups. A restore accepts a backup without --accept-unsealed only if it was sealed under the master key.
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
