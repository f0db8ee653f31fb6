// Checks the write-ahead log of a data folder on this machine: whether the next start would accept it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { connectionFault } from '../admin-api/unreachable.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

const CHECK = 'write-ahead log'

/** Returns no finding if the folder has no embedded store. The check is safe while a server uses the folder. */
export async function examineLog(dataDir: string): Promise<readonly Finding[]> {
  const storeFile = join(dataDir, 'latchkey.db')
  if (!existsSync(storeFile)) return []
  // The store is imported only here, because the other commands need no store.
  const { examineWriteAheadLog } = await import('../../server/offline-stores.ts')
  try {
    const log = examineWriteAheadLog(storeFile)
    if (log.kind === 'damaged') return [problem(CHECK, log.problem, log.cure)]
    if (log.kind === 'whole') return [ok(CHECK, 'no transaction is missing or torn')]
    return [ok(CHECK, `its last ${String(log.bytes)} bytes belong to a transaction that was not acknowledged`)]
  } catch (cause) {
    return [skipped(CHECK, `this user cannot read it (${connectionFault(cause)})`)]
  }
}
