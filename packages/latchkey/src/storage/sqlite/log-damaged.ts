// The errors for damaged files of a store. Their messages say what is wrong and what to do.
import { dirname } from 'node:path'
import type { LogDamage } from './walk-log.ts'

/** Thrown if the write-ahead log is damaged. Nothing was changed. */
export class LogDamaged extends Error {
  constructor(storeFile: string, damage: LogDamage) {
    super(
      `${damageOf(storeFile, damage)} A start would lose acknowledged changes and could revive superseded tokens. Nothing was changed. ${logCure(dirname(storeFile))}`,
    )
  }
}

export const damageOf = (storeFile: string, { at, why }: LogDamage): string =>
  `The write-ahead log ${storeFile}-wal is damaged at byte ${String(at)}: ${why}. A crash does not leave such a file: the disk or a program changed it.`

export function logCure(dataDir: string): string {
  const folder = quoted(dataDir)
  return `Keep a copy of the folder with "cp -a ${folder} ${folder}.damaged". Then restore a backup with "latchkey restore FILE --to ${folder} --replace". Without a backup, "latchkey after-restore --on ${folder} --drop-damaged-log" keeps the content before the damage, and ends every token.`
}

/** Thrown if the database file itself is damaged. */
export class StoreDamaged extends Error {
  constructor(storeFile: string, what: string, options?: ErrorOptions) {
    const folder = quoted(dirname(storeFile))
    super(
      `The store in ${storeFile} is damaged: ${what}. Move the folder away with "mv ${folder} ${folder}.damaged", restore a backup to a new one with "latchkey restore FILE --to ${folder}", and copy master.key and admin.key from the old folder into the new one.`,
      options,
    )
  }
}

// The result codes SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html).
const DAMAGED = new Set([11, 26])

/** Returns a `StoreDamaged` if SQLite reports a damaged file. Returns every other error unchanged. */
export function explainDamage(storeFile: string, cause: unknown): unknown {
  const code = (cause as { readonly errcode?: unknown } | null)?.errcode
  if (typeof code !== 'number' || !DAMAGED.has(code & 0xff)) return cause
  return new StoreDamaged(storeFile, (cause as Error).message, { cause })
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
