// Backups that were changed by an attacker who can write the file but has no master key.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BackupSealing } from '../src/ports/backups.ts'
import { readBackup, sealFor } from '../src/storage/transfer/backup-seal.ts'
import { aFolder } from './a-folder.ts'

/** A sealing that writes the seal of another backup file, which does not fit this content. */
export const oldSealOf = async (file: string): Promise<BackupSealing> => {
  const { sealed } = await readBackup(file)
  return { seal: () => sealed?.mac ?? '', fits: () => true }
}

/** Adds an owner to the database of a backup. Writes a new checksum and this seal. Returns the path of the new file. */
export async function withAnotherOwner(file: string, sealing: BackupSealing): Promise<string> {
  const { bytes, madeAt } = await readBackup(file)
  const path = join(aFolder(), 'forged.db')
  writeFileSync(path, readFileSync(file).subarray(0, bytes))
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA journal_mode = DELETE;
    INSERT INTO operator (id, email, role, password_hash, disabled, version, created_at)
    VALUES ('opr_evil', 'evil@example.com', 'owner', '$argon2id$x', 0, 1, 1)`)
  database.close()
  return backupOf(readFileSync(path), { madeAt, sealing })
}

/** Writes the backup file as a server writes it. */
export function backupOf(
  database: Buffer,
  { madeAt, sealing }: { readonly madeAt: number; readonly sealing: BackupSealing },
): string {
  const end = sealFor({ madeAt, bytes: database.length }, createHash('sha256').update(database), sealing)
  return written(Buffer.concat([database, end]))
}

/** Writes the backup file as versions without seals wrote it. */
export async function withoutSeal(file: string): Promise<string> {
  const { bytes, madeAt } = await readBackup(file)
  const database = readFileSync(file).subarray(0, bytes)
  const time = new Date(madeAt * 1000).toISOString().replace('.000Z', 'Z')
  const start = `\nlatchkey-backup 1 made ${time} bytes ${String(bytes).padStart(15, '0')} sha256 `
  const digest = createHash('sha256').update(database).update(start).digest('hex')
  return written(Buffer.concat([database, Buffer.from(`${start}${digest}\n`)]))
}

function written(bytes: Buffer): string {
  const path = join(aFolder(), 'changed.backup')
  writeFileSync(path, bytes)
  return path
}
