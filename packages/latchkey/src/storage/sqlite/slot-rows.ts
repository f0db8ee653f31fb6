// Converts commands and rows of slots, which are the same for both engines, to and from the binary values of the
// embedded store.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReadName, WriteOf, WriteValues } from '../../rows/commands.ts'
import type { Row, SqlValue, Write } from '../../rows/disk.ts'
import { historyRows, issuanceOf } from '../../rows/issuance-history.ts'
import { HistoryLog, type HistoryLimits } from './history-log.ts'
import { LastUses } from './last-uses.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { decodeSlotState, encodeSlotState, type SlotState } from './slot-state.ts'
import type { SlotCommand } from './statements.ts'

const INSERT = `INSERT INTO slot (id, client_id, scope, granted, open, live_expires_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)`
const UPDATE = `UPDATE slot SET granted = ?, open = ?, live_expires_at = ?, state = ? WHERE id = ?`
const SUPERSEDE = `UPDATE slot SET live_expires_at = ?, state = ? WHERE id = ?`
const IDS_OF = `SELECT id FROM slot WHERE client_id = ?`

const COMMANDS: { readonly [Name in SlotCommand]: true } = {
  insert_slot: true,
  update_slot: true,
  supersede: true,
  put_history: true,
  replace_history: true,
  delete_histories: true,
  seal_slot: true,
}

type StoredSlot = Record<'id' | 'client_id' | 'scope' | 'granted' | 'open' | 'state', SqlValue>

export const isAboutSlots = (write: Write): write is WriteOf<SlotCommand> => Object.hasOwn(COMMANDS, write[0])

export class SlotRows {
  readonly #statements: PreparedStatements
  #audiences: { readonly numbers: Map<string, number>; readonly texts: Map<number, string> } | undefined

  readonly history: HistoryLog
  readonly uses: LastUses

  constructor(database: DatabaseSync, limits: HistoryLimits = {}, statements = new PreparedStatements(database)) {
    this.#statements = statements
    this.history = new HistoryLog(statements, limits.foldAfter)
    this.uses = new LastUses(database, { statements, history: this.history, atOnce: limits.readAtOnce })
  }

  run(write: WriteOf<SlotCommand>): void {
    switch (write[0]) {
      case 'insert_slot':
        this.#insert(write)
        break
      case 'update_slot':
        this.#update(write)
        break
      case 'supersede':
        this.#supersede(write)
        break
      case 'put_history':
        this.history.add(write[1], issuanceOf(write))
        this.uses.issued(write[1], write[4])
        break
      case 'replace_history':
        this.history.replace(write[2], { before: write[3], after: write[1] })
        break
      case 'delete_histories':
        for (const { id } of this.#statements.get(IDS_OF).all(write[1])) this.history.end(Number(id))
        break
      case 'seal_slot':
        this.#seal(write)
        break
    }
  }

  /** Returns the rows of a read command with the columns that both engines have. */
  decoded(name: ReadName, rows: readonly Row[]): readonly Row[] {
    switch (name) {
      case 'slots_of':
      case 'slots_after':
        // Names each column, because `...row` would take twice as long, and a start reads very many rows.
        return (rows as readonly StoredSlot[]).map(({ id, client_id, scope, granted, open, state }) => {
          return { id, client_id, scope, granted, open, ...this.#stateColumns(state) }
        })
      case 'live_slots':
        return rows.map((row) => this.columnsOf(row))
      case 'history':
        return rows.flatMap((row) => historyRows(this.historyOf(row)))
      default:
        return rows
    }
  }

  /**
   * Returns the complete history of a slot. The row contains the `id` of the slot and its stored `history`, which may
   * be null.
   */
  historyOf({ id, history }: Row): Uint8Array {
    return this.history.merged(Number(id), history instanceof Uint8Array ? history : null)
  }

  /** Returns the row of a slot with a separate column for each value in its state. */
  columnsOf({ state, ...row }: Row): Row {
    return { ...row, ...this.#stateColumns(state) }
  }

  #stateColumns(value: SqlValue | undefined) {
    const state = decodeSlotState(value)
    const { live, predecessor } = state
    return {
      generation: state.generation,
      issuances: state.issuances,
      revoked_generation: state.revokedGeneration,
      superseded_generation: state.supersededGeneration,
      live_generation: live?.generation ?? null,
      live_jti: live?.jti ?? null,
      live_issued_at: live?.issuedAt ?? null,
      live_expires_at: live?.expiresAt ?? null,
      live_audience: live === undefined ? null : this.#textOf(live.audience),
      prev_generation: predecessor?.generation ?? null,
      prev_jti: predecessor?.jti ?? null,
      prev_issued_at: predecessor?.issuedAt ?? null,
      prev_expires_at: predecessor?.expiresAt ?? null,
      prev_audience: predecessor === undefined ? null : this.#textOf(predecessor.audience),
      prev_until: predecessor?.until ?? null,
      mac: state.mac,
    }
  }

  beforeCommit(): void {
    this.history.write((slotId, uses) => {
      this.uses.write(slotId, uses)
    })
  }

  committed(): void {
    this.history.committed()
    this.uses.committed()
  }

  rolledBack(): void {
    // A rollback also undoes the numbers that the transaction has assigned to new audiences.
    this.#audiences = undefined
    this.history.rolledBack()
    this.uses.rolledBack()
  }

  #insert([, ...values]: WriteOf<'insert_slot'>): void {
    const [granted, open] = values
    const [id, clientId, scope, mac] = [values[17], values[18], values[19], values[20]]
    this.#run(INSERT, id, clientId, scope, granted, open, ...listed(this.#stateOf(values, mac)))
  }

  #update([, ...values]: WriteOf<'update_slot'>): void {
    const [granted, open] = values
    this.#run(UPDATE, granted, open, ...listed(this.#stateOf(values, values[18])), values[17])
  }

  /** Writes a slot that has no predecessor and whose generation equals that of its live token. */
  #supersede(write: WriteOf<'supersede'>): void {
    const [, generation, issuances, revokedGeneration, supersededGeneration, ...token] = write
    const [jti, issuedAt, expiresAt, audience, id, mac] = token
    const live = { generation, jti, issuedAt, expiresAt, audience: this.#numberOf(audience) }
    const counts = { generation, issuances, revokedGeneration, supersededGeneration }
    const state = encodeSlotState({ ...counts, live, predecessor: undefined, mac })
    this.#statements.get(SUPERSEDE).run(expiresAt, state, id)
  }

  #seal([, mac, id, generation]: WriteOf<'seal_slot'>): void {
    const row = this.#statements.get('SELECT state FROM slot WHERE id = ?').get(id)
    if (row === undefined) return
    const state = decodeSlotState(row['state'] as SqlValue)
    if (state.mac !== null || state.generation !== generation) return
    this.#run('UPDATE slot SET state = ? WHERE id = ?', encodeSlotState({ ...state, mac }), id)
  }

  #stateOf(values: WriteValues['update_slot'] | WriteValues['insert_slot'], mac: string | null): SlotState {
    const [, , generation, issuances, revokedGeneration, supersededGeneration] = values
    const before = this.#tokenOf(values.slice(11, 16))
    return {
      generation,
      issuances,
      revokedGeneration,
      supersededGeneration,
      live: this.#tokenOf(values.slice(6, 11)),
      predecessor: before && { ...before, until: Number(values[16]) },
      mac,
    }
  }

  /** Returns the token. Undefined if its values are null. */
  #tokenOf([generation, jti, issuedAt, expiresAt, audience]: readonly (number | string | null)[]): SlotState['live'] {
    if (typeof jti !== 'string') return undefined
    return {
      generation: Number(generation),
      jti,
      issuedAt: Number(issuedAt),
      expiresAt: Number(expiresAt),
      audience: this.#numberOf(String(audience)),
    }
  }

  /** Returns the number of an audience. A new audience gets the next number. */
  #numberOf(audience: string): number {
    const { numbers, texts } = (this.#audiences ??= this.#loadAudiences())
    const known = numbers.get(audience)
    if (known !== undefined) return known
    const number = Number(this.#run('INSERT INTO audience (text) VALUES (?)', audience).lastInsertRowid)
    numbers.set(audience, number)
    texts.set(number, audience)
    return number
  }

  #textOf(number: number): string {
    const { texts } = (this.#audiences ??= this.#loadAudiences())
    const text = texts.get(number)
    if (text === undefined) throw new Error('The store is damaged: the audience of a slot is missing.')
    return text
  }

  #loadAudiences(): { readonly numbers: Map<string, number>; readonly texts: Map<number, string> } {
    const rows = this.#statements.get('SELECT id, text FROM audience').all()
    const texts = new Map(rows.map(({ id, text }) => [Number(id), String(text)]))
    return { texts, numbers: new Map([...texts].map(([id, text]) => [text, id])) }
  }

  #run(sql: string, ...values: readonly SqlValue[]): ReturnType<StatementSync['run']> {
    return this.#statements.get(sql).run(...values)
  }
}

/** Returns the values of two columns: the expiry, which orders the list of live tokens, and the encoded state. */
const listed = (state: SlotState): readonly SqlValue[] => [state.live?.expiresAt ?? null, encodeSlotState(state)]
