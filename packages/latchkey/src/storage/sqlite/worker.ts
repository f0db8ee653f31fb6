// The program of the storage thread, which owns the SQLite connection, so that the main thread never waits for the
// disk.
import { parentPort, workerData } from 'node:worker_threads'
import type { Read, Row, Write } from '../../rows/disk.ts'
import { BackupJob, type BackupOrder } from './backup-job.ts'
import { Checkpoints } from './checkpoints.ts'
import { SchemaTooNew, SqliteConnection, StoreLocked } from './connection.ts'
import { classifyFailure, type FailureKind } from './failure.ts'
import type { HistoryLimits } from './history-log.ts'
import { explainDamage, LogDamaged } from './log-damaged.ts'

export type Order =
  | { readonly kind: 'commit'; readonly writes: readonly Write[] }
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'open' | 'torn_tail' | 'start' | 'read_uses' | 'recover' | 'close' }

export interface ThreadData {
  readonly path: string
  readonly limits: HistoryLimits
}

export type OpenFailure = 'locked' | 'schema_too_new' | 'log_damaged' | 'failed'

/** A message that the thread posts after a checkpoint. All other messages are answers to an `Order`. */
export interface Checkpointed {
  readonly kind: 'checkpointed'
  readonly pages: number
  readonly milliseconds: number
}

export type Answer =
  | { readonly ok: true; readonly rows: readonly Row[] }
  /** The answer with the rows as JSON. */
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly failure: FailureKind | OpenFailure; readonly message: string }

const { path, limits } = workerData as ThreadData
let connection: SqliteConnection | undefined

const open = (): SqliteConnection => (connection ??= new SqliteConnection(path, 'refused', limits))

const checkpoints = new Checkpoints({
  get logBytes() {
    return open().logBytes
  },
  checkpointLog: () => {
    const begunAt = performance.now()
    const pages = open().checkpointLog()
    const milliseconds = performance.now() - begunAt
    parentPort?.postMessage({ kind: 'checkpointed', pages, milliseconds } satisfies Checkpointed)
  },
})

/**
 * Updates the schema, checks the store after an unclean stop, and makes its content durable. The server may answer
 * requests only after this step.
 */
function start(database: SqliteConnection): void {
  database.migrate()
  if (database.read('store')[0]?.['clean'] !== 1) database.quickCheck()
  database.commit([['mark_clean', 0]])
  database.checkpoint()
  database.markLog()
  database.loadHistoryLog()
}

function tornTail({ tornTail: torn }: SqliteConnection): readonly Row[] {
  return torn === undefined ? [] : [{ frames: torn.frames, bytes: torn.bytes }]
}

function close(database: SqliteConnection): void {
  database.commit([['mark_clean', 1]])
  database.checkpoint()
  database.close()
}

/** The answer to the order `read_uses` if some histories are still unread. */
const MORE: readonly Row[] = [{ more: 1 }]

function carryOut(order: Order): readonly Row[] {
  const database = open()
  switch (order.kind) {
    case 'open':
      return database.hasTables ? database.read('store') : []
    case 'torn_tail':
      return tornTail(database)
    case 'start':
      start(database)
      return []
    case 'commit':
      database.commit(order.writes)
      return []
    case 'read': {
      const [name, ...values] = order.read
      return database.read(name, ...values)
    }
    case 'read_uses':
      return database.readUses() ? MORE : []
    case 'recover':
      database.reopen()
      return []
    case 'close':
      close(database)
      return []
  }
}

const failureOf = (order: Order, cause: unknown): FailureKind | OpenFailure => {
  if (cause instanceof StoreLocked) return 'locked'
  if (cause instanceof SchemaTooNew) return 'schema_too_new'
  if (cause instanceof LogDamaged) return 'log_damaged'
  if (order.kind === 'open' || order.kind === 'start') return 'failed'
  return classifyFailure(cause, path)
}

/**
 * Returns true for the reads that return many rows without binary values. Such rows are passed as JSON, which takes
 * half the time of a structured clone.
 */
const isPage = (order: Order): boolean =>
  order.kind === 'read' && ['integrations', 'secrets_of_range', 'slots_after'].includes(order.read[0])

function answer(order: Order): void {
  let said: Answer
  try {
    const rows = carryOut(order)
    said = isPage(order) ? { ok: true, json: JSON.stringify(rows) } : { ok: true, rows }
  } catch (cause) {
    const { message } = explainDamage(path, cause) as Error
    said = { ok: false, failure: failureOf(order, cause), message }
  }
  parentPort?.postMessage(said)
  if (order.kind === 'commit' && said.ok) checkpoints.answered(order.writes.length)
  if (order.kind === 'close') parentPort?.close()
}

let backup: BackupJob | undefined
/**
 * The orders that wait until a backup has ended, because they close the connection that the backup uses. Undefined if
 * no order waits.
 */
let held: Order[] | undefined

const closesConnection = ({ kind }: Order): boolean => kind === 'close' || kind === 'recover'

parentPort?.on('message', (order: Order | BackupOrder) => {
  checkpoints.hold()
  if (order.kind === 'backup') {
    backup = new BackupJob(open().database, order)
  } else if (held !== undefined) {
    held.push(order)
  } else if (backup === undefined || !closesConnection(order)) {
    answer(order)
  } else {
    const waiting = (held = [order])
    void backup.abandon().then(() => {
      backup = held = undefined
      for (const one of waiting) answer(one)
    })
  }
})
