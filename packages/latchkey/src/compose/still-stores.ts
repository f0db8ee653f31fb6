// What the command line does with stores and backups past any server. Errors say what to do.
import type { Secret } from '@latchkey/protocol'
import { explainDatabase } from '../start/explain-database.ts'
import {
  type Copied,
  copyStore as copyWholeStore,
  type CopyPlace,
  type CopyProgress,
} from '../storage/copy/copy-store.ts'
import { migrate, schemaStatus } from '../storage/postgres/migrate.ts'
import type { Migration } from '../storage/postgres/migrations.ts'
import type { SchemaState } from '../storage/postgres/schema-state.ts'

export { type BackupSeal, BackupUnusable, readBackup } from '../storage/backup/backup-seal.ts'

/** The schema of the PostgreSQL database at this URL, for the command line. Errors say what to do. */
export interface DatabaseSchema {
  status(): Promise<SchemaState>
  migrate(): Promise<readonly Migration[]>
}

export function databaseSchema(url: Secret): DatabaseSchema {
  const explained = <Value>(act: Promise<Value>): Promise<Value> =>
    act.catch((cause: unknown) => {
      throw explainDatabase(cause)
    })
  return {
    status: () => explained(schemaStatus(url.reveal())),
    migrate: () => explained(migrate(url.reveal())),
  }
}

/** Moves a whole store, for the command line. Errors say what to do. */
export const copyStore = (from: CopyPlace, to: CopyPlace, tell: (progress: CopyProgress) => void): Promise<Copied> =>
  copyWholeStore(from, to, tell).catch((cause: unknown) => {
    throw explainDatabase(cause)
  })
export type { CopyPlace, CopyProgress }
