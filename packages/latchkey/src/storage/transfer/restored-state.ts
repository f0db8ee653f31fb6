// Reads the state of a restored store. From this state, derives the raised generation floor (all tokens up to it have
// ended) and the note for the next start.
import type { EpochSeconds } from '../../domain/slot.ts'
import type { Row } from '../../rows/disk.ts'
import type { RestoreNote } from '../../rows/restore-note.ts'

/** The facts that a restore needs about the content of a store. */
export interface StoreState {
  /** The number of live tokens. */
  readonly tokens: number
  readonly floor: number
  readonly highestGeneration: number
  /** The time of the newest record. Undefined if the store has no records with times. */
  readonly newest: EpochSeconds | undefined
}

/** The SQL expressions with which one storage engine reads these facts from its slots. */
export interface SlotColumns {
  readonly generation: string
  readonly liveGeneration: string
  /** A query that returns times. The latest of these times is the time of the newest issuance. */
  readonly newestIssuance: string
}

/** Returns an SQL query that returns one row, which `readState` can read. */
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

/** The SQL expressions for PostgreSQL. */
export const PLAIN_COLUMNS: SlotColumns = {
  generation: 'generation',
  liveGeneration: 'live_generation',
  newestIssuance: 'SELECT nullif(max(last_issued_at), 0) FROM slot',
}

/** The expressions for the embedded store. They use the functions of `addSlotFunctions`. */
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
 * Returns a generation floor above all generations of these states. The floor is the time in microseconds, and a
 * generation grows by at most one in a microsecond. So the floor is also above the generations of the state that the
 * restore replaced. Each restore of the same backup gets a different floor.
 */
export const raisedFloor = (nowMilliseconds: number, ...states: readonly StoreState[]): number =>
  Math.max(
    Math.floor(nowMilliseconds) * 1000,
    ...states.map(({ floor, highestGeneration }) => Math.max(floor + 1, highestGeneration)),
  )

/**
 * Returns the note for a store that was restored by means other than `latchkey restore`. The new note replaces the
 * earlier note `before`.
 */
export function restoreNote(nowMilliseconds: number, state: StoreState, before: string | null): RestoreNote {
  const floor = raisedFloor(nowMilliseconds, state)
  // Copies the seal from the earlier note, because no start has checked this seal yet.
  const { backup } = before === null ? {} : (JSON.parse(before) as RestoreNote)
  const at = Math.floor(nowMilliseconds / 1000)
  return { floor, reason: 'put_back', at, tokens: state.tokens, madeAt: null, ...(backup !== undefined && { backup }) }
}

/**
 * The tables that a restore empties. Sessions and set-up links that have ended since the backup would otherwise be
 * valid again. The activity counts lack the time since the backup, so counting begins again.
 */
export const ENDED_TABLES: readonly string[] = ['session', 'set_up_link', 'activity_minute']
