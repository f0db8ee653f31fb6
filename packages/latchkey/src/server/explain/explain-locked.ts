// Explains a start that failed because another server uses the data folder. Names its process and says what to do.
import { readRunningPid } from '../../config/server-file.ts'
import { OpenStoreError } from '../../storage/sqlite/worker-disk.ts'

export function explainLocked(cause: unknown, dataDir: string): unknown {
  if (!(cause instanceof OpenStoreError) || cause.reason !== 'locked') return cause
  const pid = readRunningPid(dataDir)
  const holder = pid === undefined ? 'Another server' : `Another server, process ${String(pid)},`
  return new Error(
    `${holder} is running on the data folder ${dataDir}. Stop that server, or give this one its own folder with LATCHKEY_DATA_DIR. One folder serves one server; several servers for the same integrations share a PostgreSQL database (LATCHKEY_DATABASE_URL).`,
    { cause },
  )
}
