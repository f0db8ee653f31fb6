// The main thread's interface to the storage thread. It sends orders to the thread, and receives the answers in the
// same sequence.
import { once } from 'node:events'
import { MessageChannel, type Worker } from 'node:worker_threads'
import { startThread } from '../../program-files.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../rows/disk.ts'
import type { HistoryLimits } from './history-log.ts'
import { needsAllLastUses } from './last-uses.ts'
import { removeMark } from './log-mark.ts'
import type { BackupOrder, BackupOutcome } from './backup-job.ts'
import type { Answer, Checkpointed, OpenFailure, Order, ThreadData } from './worker.ts'

/** Thrown if the store cannot be opened. `reason` is the kind of the failure. */
export class OpenStoreError extends Error {
  readonly reason: OpenFailure

  constructor(reason: OpenFailure, message: string) {
    super(message)
    this.name = 'OpenStoreError'
    this.reason = reason
  }
}

export interface OpenedDisk {
  readonly disk: WorkerDisk
  /** The row of the table `store`. Undefined if the file is new. */
  readonly store: Row | undefined
  /**
   * The `frames` and `bytes` of the incomplete part at the end of the write-ahead log. Undefined if the log was
   * complete.
   */
  readonly tornTail: Row | undefined
}

interface Waiting {
  readonly resolve: (rows: readonly Row[]) => void
  readonly reject: (cause: Error) => void
}

/**
 * The pause in milliseconds after each slice of histories that is read. In this pause the storage thread can do other
 * work.
 */
const BETWEEN_USES_MS = 10

const RETRY_MS = { first: 50, most: 1000 }

const isOpenFailure = (failure: string): failure is OpenFailure =>
  ['locked', 'schema_too_new', 'log_damaged', 'failed'].includes(failure)

/**
 * The disks whose files SQLite closes when this process exits. SQLite then also erases their logs. If the process is
 * killed, SQLite neither closes the files nor erases the logs.
 */
const holders = new Set<WorkerDisk>()
process.on('exit', () => {
  for (const disk of holders) disk.unmarkLog()
})

export class WorkerDisk implements Disk {
  readonly #worker: Worker
  readonly #path: string
  readonly #waiting: Waiting[] = []
  #closing = false
  #hasUnreadUses = false
  #isReadingUses = false
  /**
   * Resolves with the reason when the disk can no longer be trusted. The process must then stop answering requests and
   * end.
   */
  readonly failed: Promise<Error>
  /** Called after each checkpoint between commits. */
  onCheckpoint: ((checkpoint: Checkpointed) => void) | undefined
  #fail: (cause: Error) => void = () => undefined

  private constructor(path: string, limits: HistoryLimits) {
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    this.#path = path
    this.#worker = startThread('storage/sqlite/worker', { workerData: { path, limits } satisfies ThreadData })
    this.#worker.on('message', (said: Answer | Checkpointed) => {
      if ('kind' in said) this.onCheckpoint?.(said)
      else this.#settle(said)
    })
    this.#worker.on('error', (cause) => {
      this.#abandon(new Error('the storage thread failed', { cause }))
    })
    this.#worker.on('exit', () => {
      if (this.#closing)
        for (const { reject } of this.#waiting.splice(0)) reject(new StoreUnavailable('the server is stopping'))
      else this.#abandon(new Error('the storage thread ended'))
    })
  }

  /** Opens and locks the file without changing it. Throws `OpenStoreError`. */
  static async open(path: string, limits: HistoryLimits = {}): Promise<OpenedDisk> {
    const disk = new WorkerDisk(path, limits)
    try {
      const [store] = await disk.#order({ kind: 'open' })
      holders.add(disk)
      const [tornTail] = await disk.#order({ kind: 'torn_tail' })
      return { disk, store, tornTail }
    } catch (cause) {
      await disk.abandon()
      throw cause
    }
  }

  /**
   * Updates the schema, then checks and checkpoints the file. The server may answer requests only after this call has
   * succeeded. Throws `OpenStoreError`.
   */
  async start(): Promise<void> {
    await this.#order({ kind: 'start' })
    this.#hasUnreadUses = true
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#order({ kind: 'commit', writes })
  }

  async read(...read: Read): Promise<readonly Row[]> {
    try {
      if (needsAllLastUses(read[0])) await this.#readUses()
      return await this.#order({ kind: 'read', read })
    } catch (cause) {
      if (!(cause instanceof DiskFailure)) throw cause
      throw new StoreUnavailable('the store cannot be read right now', { cause })
    }
  }

  /**
   * Copies the whole database into the file at `path`, in its state when the promise resolves. Commits continue during
   * the copy. Only one backup may run at a time. If the backup fails, rejects with an error that has the `errcode` of
   * SQLite, and the file is useless.
   */
  async backUpTo(path: string): Promise<void> {
    if (this.#closing) throw new StoreUnavailable('the server is stopping')
    const { port1, port2 } = new MessageChannel()
    const told = Promise.race([once(port1, 'message'), once(this.#worker, 'exit')]) as Promise<[BackupOutcome | number]>
    this.#worker.postMessage({ kind: 'backup', path, port: port2 } satisfies BackupOrder, [port2])
    const [outcome] = await told
    port1.close()
    if (typeof outcome === 'number') throw new StoreUnavailable('the server is stopping')
    if (!outcome.ok) throw Object.assign(new Error(outcome.message), { errcode: outcome.errcode })
  }

  async recover(): Promise<void> {
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.most)) {
      // The timer does not keep the process alive. The storage thread does that.
      await new Promise((resolve) => setTimeout(resolve, pause).unref())
      if (this.#closing) return new Promise<never>(() => undefined)
      try {
        await this.#order({ kind: 'recover' })
        this.#hasUnreadUses = true
        this.readUsesInBackground()
        return
      } catch (cause) {
        if (cause instanceof DiskFailure || cause instanceof StoreUnavailable) continue
        // Another server now uses the file, or the log is damaged. So the memory of this process may differ from the
        // file.
        this.#fail(cause as Error)
        return new Promise<never>(() => undefined)
      }
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    const exited = once(this.#worker, 'exit')
    await this.#order({ kind: 'close' }).catch(async (cause: unknown) => {
      await this.#end()
      // The error is ignored, because every acknowledged commit is durable. Only the record of a clean stop is missing,
      // so the next start checks the file.
      if (!(cause instanceof DiskFailure)) throw cause
    })
    await exited
    holders.delete(this)
  }

  /**
   * Removes the mark (the file with the length of the log). The caller must call this method before SQLite closes the
   * file and erases the log.
   */
  unmarkLog(): void {
    removeMark(this.#path)
  }

  async abandon(): Promise<void> {
    this.#closing = true
    await this.#end()
  }

  /**
   * Ends the storage thread. SQLite then closes the file. If SQLite has read the log to its end, it also erases the
   * log.
   */
  async #end(): Promise<void> {
    // The thread may still be committing. It then writes the length of the log to a file that no longer has a name, so
    // the mark can be removed now.
    if (holders.delete(this)) this.unmarkLog()
    await this.#worker.terminate()
  }

  /**
   * Begins to read the issuance histories, which only lists ordered by last use need. The caller should call this
   * method when the server is ready, so that the start does not wait for the read.
   */
  readUsesInBackground(): void {
    if (this.#isReadingUses) return
    this.#isReadingUses = true
    const ended = (): void => {
      this.#isReadingUses = false
    }
    // The error is ignored here, because the next list that is ordered by last use reads the histories again and
    // reports the error.
    this.#readUses(BETWEEN_USES_MS).then(ended, ended)
  }

  /** Reads the remaining histories in slices, so that commits can run between the slices. */
  async #readUses(pauseMs = 0): Promise<void> {
    while (this.#hasUnreadUses) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
      const more = await this.#order({ kind: 'read_uses' })
      this.#hasUnreadUses = more.length > 0
    }
  }

  #order(order: Order): Promise<readonly Row[]> {
    if (this.#closing && order.kind !== 'close') return Promise.reject(new StoreUnavailable('the server is stopping'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(order)
    })
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    if (answer.ok) {
      waiting.resolve('json' in answer ? (JSON.parse(answer.json) as readonly Row[]) : answer.rows)
      return
    }
    const { failure, message } = answer
    if (isOpenFailure(failure)) {
      waiting.reject(new OpenStoreError(failure, message))
      return
    }
    waiting.reject(new DiskFailure(failure === 'statement' ? 'statement' : 'outcome_unknown', message))
    if (failure === 'fatal') this.#fail(new Error(`the disk can no longer be trusted: ${message}`))
  }

  #abandon(cause: Error): void {
    for (const waiting of this.#waiting.splice(0))
      waiting.reject(new DiskFailure('outcome_unknown', cause.message, { cause }))
    this.#fail(cause)
  }
}
