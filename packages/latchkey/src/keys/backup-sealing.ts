// Seals backups: only a server with the master key can make one that a restore takes without being told to.
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
