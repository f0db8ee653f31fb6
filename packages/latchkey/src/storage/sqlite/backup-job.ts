// One backup of the open database into a file: a few pages at a time, between which commits go on.
import { backup, type DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'

/** Pages that are copied at once: a commit waits for no more than these, about a millisecond. */
const PAGES = 100

/** Carried out beside all others; what becomes of it is told on its own port. */
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

  /** Commits during the backup are in the copy too: the copy is as of its end. */
  constructor(database: DatabaseSync, { path, port }: BackupOrder) {
    const progress = (): void => {
      if (this.#abandoned) throw new Error('the store is being closed')
    }
    const tell = (outcome: BackupOutcome): void => {
      port.postMessage(outcome)
      port.close()
    }
    this.#ended = copied(database, path, progress).then(
      () => {
        tell({ ok: true })
      },
      (cause: unknown) => {
        const { errcode, message } = cause as { readonly errcode?: unknown; readonly message: string }
        tell({ ok: false, errcode, message })
      },
    )
  }

  /** Resolves once the connection may be closed. */
  abandon(): Promise<void> {
    this.#abandoned = true
    return this.#ended
  }
}

/**
 * Node reports a first step that met a transaction of the connection as an error with the code OK. It is done again.
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
