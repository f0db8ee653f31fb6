// Between the commands about slots, which both engines know, and the two values in a slot's row of the embedded store.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReadName, WriteOf, WriteValues } from '../../rows/commands.ts'
import type { Row, SqlValue, Write } from '../../rows/disk.ts'
import {
  decodeHistory,
  type EncodedIssuance,
  encodeIssuance,
  ENTRY_BYTES,
  MOST_ENTRIES,
  NO_HISTORY,
  usesThatGo,
  withIssuance,
} from '../../rows/issuance-history.ts'
import type { LastUses } from './last-uses.ts'
import { decodeSlotState, encodeSlotState, type SlotState } from './slot-state.ts'
import type { SlotCommand } from './statements.ts'

const INSERT = `INSERT INTO slot (id, client_id, scope, granted, open, live_expires_at, state, history)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
const UPDATE = `UPDATE slot SET granted = ?, open = ?, live_expires_at = ?, state = ? WHERE id = ?`
const SUPERSEDE = `UPDATE slot SET live_expires_at = ?, state = ? WHERE id = ?`
// The usual case: all issuances in the history have the requesters of the new one. `||` makes a text of its bytes.
const SUPERSEDE_AND_LIST = `UPDATE slot SET live_expires_at = ?1, state = ?2,
  history = CAST(?4 || ?5 || substr(history, length(?4) + 1, ${String((MOST_ENTRIES - 1) * ENTRY_BYTES)}) AS BLOB)
  WHERE id = ?3 AND substr(history, 1, length(?4)) = ?4`
const HISTORY = `SELECT history FROM slot WHERE id = ?`
const SET_HISTORY = `UPDATE slot SET history = ? WHERE id = ?`

const COMMANDS: { readonly [Name in SlotCommand]: true } = {
  insert_slot: true,
  update_slot: true,
  supersede: true,
  put_ring: true,
  delete_rings: true,
}

export const isAboutSlots = (write: Write): write is WriteOf<SlotCommand> => Object.hasOwn(COMMANDS, write[0])

export class SlotRows {
  readonly #database: DatabaseSync
  readonly #uses: LastUses
  readonly #statements = new Map<string, StatementSync>()
  #audiences: { readonly numbers: Map<string, number>; readonly texts: Map<number, string> } | undefined

  constructor(database: DatabaseSync, uses: LastUses) {
    this.#database = database
    this.#uses = uses
  }

  /** Returns how many were carried out: 2 if `following` is the entry of the same slot, and went into one statement. */
  run(write: WriteOf<SlotCommand>, following: Write | undefined): 1 | 2 {
    switch (write[0]) {
      case 'insert_slot':
        this.#insert(write)
        return 1
      case 'update_slot':
        this.#update(write)
        return 1
      case 'supersede':
        return this.#supersede(write, following)
      case 'put_ring':
        this.#putRing(write)
        return 1
      case 'delete_rings':
        // The history goes with its slot.
        return 1
    }
  }

  /** Returns the rows with the columns that both engines know. */
  decoded(name: ReadName, rows: readonly Row[]): readonly Row[] {
    switch (name) {
      case 'slots_of':
      case 'slots_of_range':
      case 'live_slots':
        return rows.map((row) => this.columnsOf(row))
      case 'ring':
        return rows.flatMap(ringRows)
      default:
        return rows
    }
  }

  /** Returns a slot's row with a column for each number and text in its state. */
  columnsOf({ state: value, ...row }: Row): Row {
    const state = decodeSlotState(value)
    const { live, predecessor } = state
    return {
      ...row,
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

  /** Call it after a rollback, which takes back the numbers that the transaction gave to audiences. */
  forget(): void {
    this.#audiences = undefined
  }

  #insert([, ...values]: WriteOf<'insert_slot'>): void {
    const [granted, open] = values
    const [id, clientId, scope, mac] = [values[17], values[18], values[19], values[20]]
    this.#run(INSERT, id, clientId, scope, granted, open, ...listed(this.#stateOf(values, mac)), NO_HISTORY)
  }

  #update([, ...values]: WriteOf<'update_slot'>): void {
    const [granted, open] = values
    this.#run(UPDATE, granted, open, ...listed(this.#stateOf(values, values[18])), values[17])
  }

  /** The slot has no predecessor, and its generation is that of its live token. */
  #supersede([, ...values]: WriteOf<'supersede'>, following: Write | undefined): 1 | 2 {
    const [generation, issuances, revokedGeneration, supersededGeneration, ...rest] = values
    const [jti, issuedAt, expiresAt, audience, id, mac] = rest
    const live = { generation, jti, issuedAt, expiresAt, audience: this.#numberOf(audience) }
    const counts = { generation, issuances, revokedGeneration, supersededGeneration }
    const columns = listed({ ...counts, live, predecessor: undefined, mac })
    if (following?.[0] === 'put_ring' && following[1] === id) {
      const { head, entry } = issuanceOf(following)
      if (this.#run(SUPERSEDE_AND_LIST, ...columns, id, head, entry).changes === 1) {
        this.#uses.issued(id, issuedAt)
        return 2
      }
    }
    this.#run(SUPERSEDE, ...columns, id)
    return 1
  }

  #putRing(write: WriteOf<'put_ring'>): void {
    const [, id, , , , issuedAt] = write
    const history = this.#statement(HISTORY).get(id)?.['history']
    // A slot that is gone has no history.
    if (!(history instanceof Uint8Array)) return
    const issuance = issuanceOf(write)
    this.#uses.write(id, usesThatGo(history, issuance))
    this.#uses.issued(id, issuedAt)
    this.#run(SET_HISTORY, withIssuance(history, issuance), id)
  }

  #stateOf(values: WriteValues['update_slot'] | WriteValues['insert_slot'], mac: string | null): SlotState {
    const [, , generation, issuances, revokedGeneration, supersededGeneration] = values
    const before = this.#tokenOf(values[11], values[12], values[13], values[14], values[15])
    return {
      ...{ generation, issuances, revokedGeneration, supersededGeneration },
      live: this.#tokenOf(values[6], values[7], values[8], values[9], values[10]),
      predecessor: before && { ...before, until: Number(values[16]) },
      mac,
    }
  }

  /** Undefined if the values are null. */
  #tokenOf(...[generation, jti, issuedAt, expiresAt, audience]: (number | string | null)[]): SlotState['live'] {
    if (typeof jti !== 'string') return undefined
    return {
      ...{ generation: Number(generation), jti, issuedAt: Number(issuedAt), expiresAt: Number(expiresAt) },
      audience: this.#numberOf(String(audience)),
    }
  }

  /** The number of an audience, which gets one when it is stored for the first time. */
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
    if (text === undefined) throw new Error('The store is damaged: a slot has an audience that is not in it.')
    return text
  }

  #loadAudiences(): { readonly numbers: Map<string, number>; readonly texts: Map<number, string> } {
    const rows = this.#statement('SELECT id, text FROM audience').all()
    const texts = new Map(rows.map(({ id, text }) => [Number(id), String(text)]))
    return { texts, numbers: new Map([...texts].map(([id, text]) => [text, id])) }
  }

  #run(sql: string, ...values: readonly SqlValue[]): ReturnType<StatementSync['run']> {
    return this.#statement(sql).run(...values)
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const prepared = this.#database.prepare(sql)
    this.#statements.set(sql, prepared)
    return prepared
  }
}

/** The column that the list of live tokens is ordered by, and the state. */
const listed = (state: SlotState): readonly SqlValue[] => [state.live?.expiresAt ?? null, encodeSlotState(state)]

function issuanceOf([, , , ...values]: WriteOf<'put_ring'>): EncodedIssuance {
  const [generation, jti, issuedAt, requests, requesters] = values
  return encodeIssuance({ generation, jti, issuedAt, requests, requesters })
}

/** The rows that the table `ring` of the other engine has for this slot, newest first. */
export function ringRows({ id, state, history }: Row): readonly Row[] {
  const { issuances } = decodeSlotState(state)
  return decodeHistory(history).map(({ generation, jti, issuedAt, requests, requesters }, age) => ({
    slot_id: id ?? null,
    n: (issuances - 1 - age + MOST_ENTRIES) % MOST_ENTRIES,
    ...{ generation, jti, issued_at: issuedAt, requests, requesters },
  }))
}
