// One row of the feed: the whole state of a slot as a compact array.

/** A token in the feed. A reader can recognise a presented token by its hash, but cannot compute the token from it. */
export interface FeedToken {
  /** The generation. It orders the tokens of a slot. */
  readonly generation: number
  /** The SHA-256 of the text of the `jti`, in base64url: 43 characters. */
  readonly jtiHash: string
  /** Seconds since the epoch. From this second on the token is expired. */
  readonly expiresAt: number
}

/** The token before the live one. It is accepted until the end of its grace. */
export interface FeedPredecessor extends FeedToken {
  /** Seconds since the epoch: the end of the grace. */
  readonly until: number
}

/**
 * The states of a slot.
 * - `live`: the slot has a token. The reader itself must check whether the token has expired.
 * - `revoked`: the last token was revoked, or the integration lost the scope or was deleted.
 * - `integration_disabled`: the integration is disabled.
 * - `empty`: no token was issued yet, or none since the integration or the scope was created again.
 *
 * @example
 * ```ts
 * import { FEED_STANDINGS } from '@latchkey/protocol'
 *
 * console.log(FEED_STANDINGS.indexOf('live')) // 0
 * ```
 */
export const FEED_STANDINGS = ['live', 'revoked', 'integration_disabled', 'empty'] as const
/** The state of the slot: one of {@link FEED_STANDINGS}. */
export type FeedStanding = (typeof FEED_STANDINGS)[number]

/** The state of a slot: the tokens of one client and scope. */
export interface FeedSlot {
  /** The client. */
  readonly clientId: string
  /** The index of the scope in the `scopes` of `hello`. */
  readonly scope: number
  /** The generation of the last change. It is never lower than the generation of a token of the slot. */
  readonly generation: number
  /** Whether the slot has a live token, and why not. */
  readonly standing: FeedStanding
  /** The live token. Undefined unless `standing` is `live`. */
  readonly live: FeedToken | undefined
  /** The token in grace. Undefined if there is none. */
  readonly previous: FeedPredecessor | undefined
}

/** A predecessor in a {@link SlotRow}: `[generation, jtiHash, expiresAt, until]`. */
export type PredecessorRow = readonly [number, string, number, number]

/**
 * A slot as the feed sends it: `[clientId, scope, generation, standing, jtiHash, expiresAt, previous,
 * tokenGeneration]`. `standing` is an index of {@link FEED_STANDINGS}. `jtiHash` is null and `expiresAt` is 0 if no
 * token is live. `tokenGeneration` is left out if it equals `generation`, and then `previous` is left out too if there
 * is no predecessor.
 */
export type SlotRow =
  | readonly [string, number, number, number, string | null, number]
  | readonly [string, number, number, number, string | null, number, PredecessorRow | null]
  | readonly [string, number, number, number, string | null, number, PredecessorRow | null, number]

/**
 * Writes a slot as a row of the feed.
 *
 * @example
 * ```ts
 * import { writeSlotRow } from '@latchkey/protocol'
 *
 * const row = writeSlotRow({
 *   clientId: 'lk0123456789abcd',
 *   scope: 0,
 *   generation: 7,
 *   standing: 'revoked',
 *   live: undefined,
 *   previous: undefined,
 * })
 * console.log(JSON.stringify(row)) // ["lk0123456789abcd",0,7,1,null,0]
 * ```
 */
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

/**
 * Reads a row of the feed. Returns undefined if the value is not a row. The reader should then disconnect, because the
 * stream is damaged.
 *
 * @example
 * ```ts
 * import { readSlotRow, writeSlotRow } from '@latchkey/protocol'
 *
 * const row = writeSlotRow({
 *   clientId: 'lk0123456789abcd',
 *   scope: 0,
 *   generation: 7,
 *   standing: 'revoked',
 *   live: undefined,
 *   previous: undefined,
 * })
 * console.log(readSlotRow(row)?.standing, readSlotRow('row')) // revoked undefined
 * ```
 */
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
