// The SQL functions of the embedded store for the binary values of slots and histories.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { SqlValue } from '../../rows/disk.ts'
import { decodeHistory, encodeHistory } from '../../rows/issuance-history.ts'
import { latestLogged } from './history-log.ts'
import { decodeSlotState, encodeSlotState, type SlotState } from './slot-state.ts'

/**
 * Registers the functions. `slot_state` and `issuance_history` must never change, because a released step of the schema
 * uses these two functions.
 */
export function addSlotFunctions(database: DatabaseSync): void {
  const define = (name: string, act: (...values: SqlValue[]) => SqlValue): void => {
    // SQLite passes bigints only if an option requests them, so the cast of the values is safe.
    const options = { deterministic: true, directOnly: true, varargs: true }
    database.function(name, options, (...values: SQLOutputValue[]) => act(...(values as SqlValue[])))
  }
  define('slot_state', (...values) => encodeSlotState(stateOf(values)))
  define('issuance_history', (json) => historyOf(String(json)))
  define('emptied_slot', (state) => encodeSlotState(emptied(decodeSlotState(state))))
  define('slot_generation', (state) => decodeSlotState(state).generation)
  define('live_generation', (state) => decodeSlotState(state).live?.generation ?? null)
  define('newest_issuance', (history) => decodeHistory(history)[0]?.issuedAt ?? null)
  define('latest_logged', (entries) => (entries instanceof Uint8Array ? latestLogged(entries) : null))
}

/**
 * Returns the state of a slot from the arguments of `slot_state`: generation, issuances, revoked and superseded
 * generation, and the five values of each of the two tokens. A token contains the number of its audience instead of the
 * audience itself.
 */
function stateOf(values: readonly SqlValue[]): SlotState {
  const [generation, issuances, revokedGeneration, supersededGeneration] = values.map(Number)
  if (supersededGeneration === undefined) throw new TypeError('slot_state takes 15 values')
  const before = tokenOf(values.slice(9, 14))
  return {
    generation: generation ?? 0,
    issuances: issuances ?? 0,
    revokedGeneration: revokedGeneration ?? 0,
    supersededGeneration,
    live: tokenOf(values.slice(4, 9)),
    predecessor: before && { ...before, until: Number(values[14]) },
    mac: null,
  }
}

function tokenOf([generation, jti, issuedAt, expiresAt, audience]: readonly SqlValue[]): SlotState['live'] {
  if (typeof jti !== 'string') return undefined
  return {
    generation: Number(generation),
    jti,
    issuedAt: Number(issuedAt),
    expiresAt: Number(expiresAt),
    audience: Number(audience),
  }
}

type StoredIssuance = readonly [generation: number, jti: string, issuedAt: number, requests: number, requesters: string]

/** Encodes a history from a JSON array of issuances, the newest first. */
function historyOf(json: string): Uint8Array {
  const issuances = JSON.parse(json) as readonly StoredIssuance[]
  return encodeHistory(
    issuances.map(([generation, jti, issuedAt, requests, requesters]) => {
      return { generation, jti, issuedAt, requests, requesters }
    }),
  )
}

/** Empties a slot with a live token and increments its generation, as `empty` in domain/slot.ts does. */
const emptied = (state: SlotState): SlotState => ({
  ...state,
  generation: state.generation + 1,
  revokedGeneration: state.live?.generation ?? state.revokedGeneration,
  live: undefined,
  predecessor: undefined,
  mac: null,
})
