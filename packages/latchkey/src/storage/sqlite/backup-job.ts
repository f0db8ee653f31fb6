// Copies the open database into a backup file. Copies a few pages in each step, so that commits can run between the
// steps.
import { backup, type DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'

/**
 * The number of pages that one step copies. A step takes about a millisecond, and a commit waits for at most one step.
 */
const PAGES = 100

/**
 * The order (a message to the storage thread) for a backup. A backup runs concurrently with other orders, and posts its
 * result to its own port.
 */
export interface BackupOrder {
  readonly kind: 'backup'
  readonly path: string
  readonly port: MessagePort
}

export type BackupOutcome =
  { readonly ok: true } | { readonly ok: false; readonly errcode: unknown; readonly message: string }

export class BackupJob {
  #abandoned = false
  readonly #ended: Promise<void>

  /** Begins the backup. The copy also contains the changes that the connection commits during the backup. */
  constructor(database: DatabaseSync, { path, port }: BackupOrder) {
    const progress = (): void => {
      if (this.#abandoned) throw new Error('the store is being closed')
    }
    const report = (outcome: BackupOutcome): void => {
      port.postMessage(outcome)
      port.close()
    }
    this.#ended = copied(database, path, progress).then(
      () => {
        report({ ok: true })
      },
      (cause: unknown) => {
        const { errcode, message } = cause as { readonly errcode?: unknown; readonly message: string }
        report({ ok: false, errcode, message })
      },
    )
  }

  /** Cancels the backup. Resolves when the connection may be closed. */
  abandon(): Promise<void> {
    this.#abandoned = true
    return this.#ended
  }
}

/**
 * Copies the database. If the first step runs during a transaction of the connection, Node.js reports an error with the
 * code OK. The copy then starts again.
 */
async function copied(database: DatabaseSync, path: string, progress: () => void): Promise<void> {
  for (;;) {
    try {
      await backup(database, path, { rate: PAGES, progress })
      return
    } catch (cause) {
      if ((cause as { readonly errcode?: unknown }).errcode !== SQLITE_OK) throw cause
      progress()
    }
  }
}

const SQLITE_OK = 0
