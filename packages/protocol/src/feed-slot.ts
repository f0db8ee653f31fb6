// One row of the feed: the state of a slot, whole, in the compact array that travels.

/** A token as the feed tells of it: enough to recognise it, useless to forge it. */
export interface FeedToken {
  readonly generation: number
  /** SHA-256 of the `jti`'s text, base64url: 43 characters. */
  readonly jtiHash: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** The token before the live one, accepted until its deadline. */
export interface FeedPredecessor extends FeedToken {
  /** Seconds since the epoch. */
  readonly until: number
}

/**
 * - `live`: there is a token; whether it has expired is for the reader to judge.
 * - `revoked`: the last one was revoked, or the integration lost the scope or was deleted.
 * - `integration_disabled`
 * - `empty`: nothing was issued yet, or not since the integration or the scope came back.
 */
export const FEED_STANDINGS = ['live', 'revoked', 'integration_disabled', 'empty'] as const
export type FeedStanding = (typeof FEED_STANDINGS)[number]

export interface FeedSlot {
  readonly clientId: string
  /** Place of the scope in the `scopes` of `hello`. */
  readonly scope: number
  /** Of the slot's last change: never below that of its tokens. */
  readonly generation: number
  readonly standing: FeedStanding
  /** Exactly when the standing is `live`. */
  readonly live: FeedToken | undefined
  /** Only beside a live one. */
  readonly previous: FeedPredecessor | undefined
}

/** `[generation, jtiHash, expiresAt, until]` */
export type PredecessorRow = readonly [number, string, number, number]

/**
 * `[clientId, scope, generation, standing, jtiHash, expiresAt, previous, tokenGeneration]`: standing as its place in
 * `FEED_STANDINGS`; `null` and 0 when nothing is live. The last two are left out, from the end, when there is no
 * predecessor and when the live token's generation is the slot's.
 */
export type SlotRow =
  | readonly [string, number, number, number, string | null, number]
  | readonly [string, number, number, number, string | null, number, PredecessorRow | null]
  | readonly [string, number, number, number, string | null, number, PredecessorRow | null, number]

export function writeSlotRow(slot: FeedSlot): SlotRow {
  const { live, previous } = slot
  const standing = FEED_STANDINGS.indexOf(slot.standing)
  const row = [
    slot.clientId,
    slot.scope,
    slot.generation,
    standing,
    live?.jtiHash ?? null,
    live?.expiresAt ?? 0,
  ] as const
  const before: PredecessorRow | null =
    previous === undefined ? null : [previous.generation, previous.jtiHash, previous.expiresAt, previous.until]
  if (live !== undefined && live.generation !== slot.generation) return [...row, before, live.generation]
  return before === null ? row : [...row, before]
}

/** Undefined when it is no row: then the stream is not to be trusted any more. */
export function readSlotRow(row: unknown): FeedSlot | undefined {
  if (!Array.isArray(row) || row.length < 6 || row.length > 8) return undefined
  const [clientId, scope, generation, standingNumber, jtiHash, expiresAt, before = null, own = generation] =
    row as unknown[]
  if (typeof clientId !== 'string' || !isCount(scope) || !isCount(generation)) return undefined
  const standing = isCount(standingNumber) ? FEED_STANDINGS[standingNumber] : undefined
  if (standing === undefined || !isCount(expiresAt)) return undefined
  const slot = { clientId, scope, generation, standing }
  if (standing !== 'live') {
    return jtiHash === null && before === null ? { ...slot, live: undefined, previous: undefined } : undefined
  }
  const previous = before === null ? undefined : readPredecessor(before)
  if (!isHash(jtiHash) || !isCount(own) || own > generation) return undefined
  if (before !== null && previous === undefined) return undefined
  return { ...slot, live: { generation: own, jtiHash, expiresAt }, previous }
}

function readPredecessor(row: unknown): FeedPredecessor | undefined {
  if (!Array.isArray(row) || row.length !== 4) return undefined
  const [generation, jtiHash, expiresAt, until] = row as unknown[]
  if (!isCount(generation) || !isHash(jtiHash) || !isCount(expiresAt) || !isCount(until)) return undefined
  return { generation, jtiHash, expiresAt, until }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isHash = (value: unknown): value is string => typeof value === 'string' && value.length === 43
