// A store that comes from the past: the floor under it is raised, and the next start is left a note of why.
import type { EpochSeconds } from '../../domain/slot.ts'
import type { Row } from '../../rows/disk.ts'
import type { PutBackNote } from '../../rows/put-back-note.ts'

/** The content of a store, as far as a restore needs it. */
export interface StoreState {
  /** Live tokens. */
  readonly tokens: number
  readonly floor: number
  readonly highestGeneration: number
  /** The time of the newest thing on record; undefined when nothing ever happened. */
  readonly newest: EpochSeconds | undefined
}

/** What an engine writes for values of a slot that the state of the store is computed from. */
export interface SlotColumns {
  readonly generation: string
  readonly liveGeneration: string
  /** A query for times, of which the latest is that of the newest issuance. */
  readonly newestIssuance: string
}

/** A query with one row. */
export const stateSql = (
  { generation, liveGeneration, newestIssuance }: SlotColumns,
  now: EpochSeconds,
): string => `SELECT floor,
  (SELECT count(*) FROM slot WHERE open = 1 AND live_expires_at > ${String(now)} AND ${liveGeneration} > store.floor)
    AS tokens,
  (SELECT coalesce(max(${generation}), 0) FROM slot) AS highest,
  (SELECT max(at) FROM (SELECT max(at) AS at FROM audit UNION ALL ${newestIssuance}
    UNION ALL SELECT max(last_used_at) FROM integration) AS times) AS newest
  FROM store WHERE id = 1`

/** Of PostgreSQL. */
export const PLAIN_COLUMNS: SlotColumns = {
  generation: 'generation',
  liveGeneration: 'live_generation',
  newestIssuance: 'SELECT nullif(max(last_issued_at), 0) FROM slot',
}

/** Of the embedded store, with the functions of `addSlotFunctions`. */
export const CODED_COLUMNS: SlotColumns = {
  generation: 'slot_generation(state)',
  liveGeneration: 'live_generation(state)',
  newestIssuance: `SELECT max(newest_issuance(issuances)) FROM history
    UNION ALL SELECT max(latest_logged(entries)) FROM issuance_log`,
}

export const readState = (row: Row | undefined): StoreState => ({
  floor: Number(row?.['floor']),
  tokens: Number(row?.['tokens']),
  highestGeneration: Number(row?.['highest']),
  newest: row?.['newest'] === null || row?.['newest'] === undefined ? undefined : Number(row['newest']),
})

/**
 * Above all that was ever issued here, and above all that was issued since in the state that is lost: no generation
 * grows by more than one in a microsecond. The same backup has another floor each time that it is put back.
 */
export const raisedFloor = (nowMilliseconds: number, ...states: readonly StoreState[]): number =>
  Math.max(
    Math.floor(nowMilliseconds) * 1000,
    ...states.map(({ floor, highestGeneration }) => Math.max(floor + 1, highestGeneration)),
  )

/** For a store that was put back by other means than a restore. `before` is the note that the new one replaces. */
export function putBackNote(nowMilliseconds: number, state: StoreState, before: string | null): PutBackNote {
  const floor = raisedFloor(nowMilliseconds, state)
  // No start has judged this seal yet.
  const { backup } = before === null ? {} : (JSON.parse(before) as PutBackNote)
  const at = Math.floor(nowMilliseconds / 1000)
  return { floor, reason: 'put_back', at, tokens: state.tokens, madeAt: null, ...(backup !== undefined && { backup }) }
}

/** Operators who were signed out since would be signed in again, so all operators sign in again. */
export const ENDED_TABLES: readonly string[] = ['session', 'set_up_link']
