// A write-ahead log that lacks what was acknowledged: says what is wrong and what to do.
import { dirname } from 'node:path'
import type { LogDamage } from './walk-log.ts'

/** Nothing was changed. */
export class LogDamaged extends Error {
  constructor(storeFile: string, damage: LogDamage) {
    super(
      `${damageOf(storeFile, damage)} A start would lose acknowledged changes and could revive superseded tokens. Nothing was changed. ${logCure(dirname(storeFile))}`,
    )
  }
}

export const damageOf = (storeFile: string, { at, why }: LogDamage): string =>
  `The write-ahead log ${storeFile}-wal is damaged at byte ${String(at)}: ${why}. A crash does not leave that; the disk or a program changed the file.`

export function logCure(dataDir: string): string {
  const folder = quoted(dataDir)
  return `Keep a copy of the folder: cp -a ${folder} ${folder}.damaged. Then restore a backup: latchkey restore FILE --to ${folder} --replace. Without a backup, latchkey after-restore --on ${folder} --drop-damaged-log goes on with what stands before the damage, and ends every token.`
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
