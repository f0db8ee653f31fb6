// The issuance log, a table with the latest issuances. A commit appends all its issuances as one row. Later commits
// copy the issuances from the log into the histories of the slots, many at a time and in the order of the slots. So a
// commit of tokens need not change the pages of histories.
import type { SqlValue } from '../../rows/disk.ts'
import {
  type CredentialUse,
  type EncodedIssuance,
  ENTRY_BYTES,
  latestTime,
  MOST_ENTRIES,
  newestGeneration,
  NO_HISTORY,
  usesIn,
  usesThatGo,
  withIssuance,
} from '../../rows/issuance-history.ts'
import { readNumber, writeNumber } from '../../rows/packed-values.ts'
import type { PreparedStatements } from './prepared-statements.ts'

/**
 * The number of issuances in the log at which a pass begins. A pass copies the log into the histories. In memory, this
 * number of issuances needs at most 25 MB.
 */
const FOLD_AFTER = 100_000
/**
 * The number of slots whose issuances a commit copies for each new issuance, and the least number of such slots for a
 * commit. With these numbers, a pass always ends before the next pass begins.
 */
const SLOTS_FOR_ISSUANCE = 2
const LEAST_SLOTS = 16
/** The largest number of log rows that one commit deletes, so that no commit takes long. */
const MOST_DELETED_ROWS = 100

/** Limits that tests can lower. */
export interface HistoryLimits {
  /** The number of issuances in the log at which a pass begins. */
  readonly foldAfter?: number
  /** The number of histories that `LastUses` reads between two commits. */
  readonly readAtOnce?: number
}

const INSERT = 'INSERT INTO issuance_log (entries) VALUES (?)'
const DELETE =
  'DELETE FROM issuance_log WHERE seq IN (SELECT seq FROM issuance_log WHERE seq <= ? ORDER BY seq LIMIT ?)'
const HISTORY = 'SELECT issuances FROM history WHERE slot_id = ?'
// Writes nothing for a slot that was removed in the meantime.
const SET_HISTORY = `INSERT INTO history (slot_id, issuances) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM slot WHERE id = ?1)
  ON CONFLICT (slot_id) DO UPDATE SET issuances = excluded.issuances`
const END_HISTORY = 'DELETE FROM history WHERE slot_id = ?'

// The format of an entry in the log: the slot id (8 bytes), a length (2 bytes), and a history of this length that
// contains only this issuance. Numbers are big-endian. The length 0 means that the history of the slot was deleted, so
// earlier entries of the slot are void.
const [LENGTH_AT, BYTES_AT] = [8, 10]

interface LoggedSlot {
  /** The issuances, each encoded as a history of its own, the oldest first. */
  readonly issuances: Buffer[]
  /** The last uses of credentials from older issuances, which are no longer in memory. */
  readonly uses: Map<string, CredentialUse>
}

interface Log {
  readonly slots: Map<number, LoggedSlot>
  /** The number of issuances in all rows of the log. Only the last issuances of each slot are in memory. */
  count: number
  lastRow: number
}

/** A pass copies into the histories the issuances that the log had when the pass began. */
interface Pass extends Pick<Log, 'slots'> {
  readonly slotIds: readonly number[]
  /** The number of slots that the pass has finished. */
  readonly done: number
  readonly lastRow: number
}

export class HistoryLog {
  readonly #foldAfter: number
  readonly #statements: PreparedStatements
  /** The issuances in memory. Undefined until the log was read for the first time. */
  #log: Log | undefined
  #pass: Pass | undefined
  // The state of the current transaction: new issuances and deleted histories, the log row that it writes, and the
  // number of finished slots of the pass.
  #added: { readonly slotId: number; readonly issuance: EncodedIssuance | undefined }[] = []
  #ended = new Set<number>()
  #written: { readonly row: number; readonly entries: Buffer } | undefined
  #done = 0
  /** True if the current transaction deletes the last row of the pass. */
  #isCleared = false

  constructor(statements: PreparedStatements, foldAfter = FOLD_AFTER) {
    this.#statements = statements
    this.#foldAfter = foldAfter
  }

  /** Reads the log into memory, so that the first commit of tokens does not have to wait for the read. */
  load(): void {
    this.#loaded()
  }

  /** Adds an issuance. The caller must be in a transaction. */
  add(slotId: number, issuance: EncodedIssuance): void {
    this.#added.push({ slotId, issuance })
  }

  /**
   * Replaces the history of a slot if it still equals `before`. The issuances that are also in `after` stay in the log,
   * but no pass adds them a second time. The caller must be in a transaction.
   */
  replace(slotId: number, { before, after }: Record<'before' | 'after', Uint8Array>): void {
    const folded = this.#statements.get(HISTORY).get(slotId)?.['issuances'] as SqlValue | undefined
    if (Buffer.compare(this.merged(slotId, folded ?? null), before) !== 0) return
    this.#statements.get(SET_HISTORY).run(slotId, after)
  }

  /** Deletes the history of a slot. The caller must be in a transaction. */
  end(slotId: number): void {
    this.#statements.get(END_HISTORY).run(slotId)
    this.#added.push({ slotId, issuance: undefined })
    this.#ended.add(slotId)
  }

  /**
   * Writes the log row of the transaction and continues the pass. The caller must call this method before COMMIT. Calls
   * `onGone` with the last uses of credentials that occur only in issuances which the histories drop.
   */
  write(onGone: (slotId: number, uses: readonly CredentialUse[]) => void): void {
    if (this.#added.length > 0) {
      const entries = encode(this.#added)
      this.#written = { entries, row: Number(this.#statements.get(INSERT).run(entries).lastInsertRowid) }
    }
    if (this.#pass !== undefined) this.#fold(this.#pass, onGone)
  }

  /** Applies the transaction to the memory. The caller must call this method after COMMIT. */
  committed(): void {
    const pass = this.#pass
    if (pass !== undefined) this.#pass = this.#isCleared ? undefined : { ...pass, done: this.#done }
    if (this.#written === undefined) return
    for (const slotId of this.#ended) this.#pass?.slots.delete(slotId)
    const log = this.#loaded()
    note(log, this.#written.row, this.#written.entries)
    this.#forgetTransaction()
    if (log.count >= this.#foldAfter && this.#pass === undefined) this.#begin(log)
  }

  /** Discards the state of the transaction. The caller must call this method after a rollback. */
  rolledBack(): void {
    this.#forgetTransaction()
  }

  /**
   * Returns the complete history of a slot. `folded` is its history in the table, or null if the table has no history.
   */
  merged(slotId: number, folded: SqlValue): Uint8Array {
    const logged = this.#loggedOf(slotId).flatMap(({ issuances }) => issuances)
    return missingIn(historyOr(folded), logged).slice(-MOST_ENTRIES).reduce(withIssuance, historyOr(folded))
  }

  /** Returns the last uses of credentials. A credential may occur several times. Throws if the history is damaged. */
  usesOf(slotId: number, folded: SqlValue): readonly CredentialUse[] {
    const logged = this.#loggedOf(slotId)
    return [
      ...usesIn(historyOr(folded)),
      ...logged.flatMap(({ issuances, uses }) => [...uses.values(), ...issuances.flatMap(usesIn)]),
    ]
  }

  /** Returns the latest time of an issuance. 0 if the slot has had no issuance. Throws if the history is damaged. */
  latestOf(slotId: number, folded: SqlValue): number {
    const times = this.#loggedOf(slotId).flatMap(({ issuances }) => issuances.map(latestTime))
    return Math.max(latestTime(historyOr(folded)), ...times)
  }

  #loggedOf(slotId: number): readonly LoggedSlot[] {
    return [this.#pass?.slots.get(slotId), this.#loaded().slots.get(slotId)].filter((logged) => logged !== undefined)
  }

  #forgetTransaction(): void {
    this.#added = []
    this.#ended = new Set()
    this.#written = undefined
  }

  #begin({ slots, lastRow }: Log): void {
    const slotIds = [...slots.keys()].sort((one, other) => one - other)
    this.#pass = { slots, slotIds, lastRow, done: 0 }
    this.#log = { slots: new Map(), count: 0, lastRow }
  }

  #fold({ slots, slotIds, done, lastRow }: Pass, onGone: Parameters<HistoryLog['write']>[0]): void {
    const end = Math.min(slotIds.length, done + LEAST_SLOTS + this.#added.length * SLOTS_FOR_ISSUANCE)
    for (const slotId of slotIds.slice(done, end)) {
      const logged = slots.get(slotId)
      if (logged === undefined || this.#ended.has(slotId)) continue
      const before = historyOr(
        (this.#statements.get(HISTORY).get(slotId)?.['issuances'] as SqlValue | undefined) ?? null,
      )
      onGone(slotId, [...logged.uses.values()])
      let history = before
      for (const issuance of missingIn(before, logged.issuances)) {
        onGone(slotId, usesThatGo(history, issuance))
        history = withIssuance(history, issuance)
      }
      if (history !== before) this.#statements.get(SET_HISTORY).run(slotId, history)
    }
    this.#done = end
    this.#isCleared =
      end === slotIds.length && this.#statements.get(DELETE).run(lastRow, MOST_DELETED_ROWS).changes < MOST_DELETED_ROWS
  }

  #loaded(): Log {
    if (this.#log !== undefined) return this.#log
    const log: Log = { slots: new Map(), count: 0, lastRow: 0 }
    const rows = this.#statements.get('SELECT seq, entries FROM issuance_log WHERE seq <> ? ORDER BY seq')
    // Reads only the rows before the row that the current transaction may already have written.
    for (const { seq, entries } of rows.iterate(this.#written?.row ?? 0)) {
      if (entries instanceof Uint8Array) note(log, Number(seq), Buffer.from(entries))
    }
    return (this.#log = log)
  }
}

/** Returns the latest time of an issuance in a row of the log. 0 if the row contains no issuance. */
export function latestLogged(entries: Uint8Array): number {
  const log: Log = { slots: new Map(), count: 0, lastRow: 0 }
  note(log, 0, Buffer.from(entries))
  return Math.max(0, ...[...log.slots.values()].flatMap(({ issuances }) => issuances.map(latestTime)))
}

const historyOr = (folded: SqlValue): Uint8Array => (folded instanceof Uint8Array ? folded : NO_HISTORY)

function encode(added: readonly { readonly slotId: number; readonly issuance: EncodedIssuance | undefined }[]): Buffer {
  const lengths = added.map(({ issuance }) => (issuance === undefined ? 0 : issuance.head.length + ENTRY_BYTES))
  const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + BYTES_AT + length, 0))
  let at = 0
  for (const [index, { slotId, issuance }] of added.entries()) {
    const length = lengths[index] ?? 0
    writeNumber(bytes, slotId, at)
    bytes.writeUInt16BE(length, at + LENGTH_AT)
    at += BYTES_AT
    if (issuance === undefined) continue
    bytes.set(issuance.head, at)
    bytes.set(issuance.entry, at + issuance.head.length)
    at += length
  }
  return bytes
}

/** Adds the entries of a row to the log in memory. Throws if the row is damaged. */
function note(log: Log, row: number, entries: Buffer): void {
  for (let at = 0; at < entries.length;) {
    const slotId = readNumber(entries, at)
    const end = at + BYTES_AT + entries.readUInt16BE(at + LENGTH_AT)
    if (end > entries.length) throw new Error('The store is damaged: the log of the issuances cannot be read.')
    noteIssuance(log, slotId, entries.subarray(at + BYTES_AT, end))
    at = end
  }
  log.lastRow = row
}

/** The largest number of issuances of a slot in memory. It is larger than the number of entries in a history. */
const MOST_OF_SLOT = 2 * MOST_ENTRIES

function noteIssuance(log: Log, slotId: number, issuance: Buffer): void {
  const known = log.slots.get(slotId)
  if (issuance.length === 0) {
    log.slots.delete(slotId)
    return
  }
  log.count++
  if (known === undefined) {
    log.slots.set(slotId, { issuances: [issuance], uses: new Map() })
    return
  }
  known.issuances.push(issuance)
  const oldest = known.issuances.length > MOST_OF_SLOT ? known.issuances.shift() : undefined
  if (oldest === undefined) return
  // The usual case: the new issuance has the same requesters as the oldest one, so its last uses replace those of the
  // oldest one.
  if (oldest.subarray(0, -ENTRY_BYTES).equals(issuance.subarray(0, -ENTRY_BYTES))) return
  for (const use of usesIn(oldest)) known.uses.set(use.credential, use)
}

/**
 * Returns the issuances that the history does not have yet. The history may already have some of the issuances, because
 * a pass is repeated after a crash.
 */
function missingIn(history: Uint8Array, issuances: readonly Buffer[]): readonly EncodedIssuance[] {
  const newest = newestGeneration(history)
  return issuances
    .filter((issuance) => newestGeneration(issuance) > newest)
    .map((issuance) => ({ head: issuance.subarray(0, -ENTRY_BYTES), entry: issuance.subarray(-ENTRY_BYTES) }))
}
