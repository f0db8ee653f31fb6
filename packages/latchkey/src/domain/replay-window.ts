// The replay window of an integration: a record of the client assertions that were used. Its size is bounded (RFC 7523
// §3, item 7).
import { accept, refuse, type Result } from '@latchkey/protocol'
import { CLOCK_TOLERANCE } from './assertion-times.ts'
import type { Proof, UndecidedAssertion } from './refusal.ts'
import type { EpochSeconds } from './slot.ts'

/** One use of a client assertion. */
export interface AssertionUse {
  /** The first 8 bytes of SHA-256(`jti`), as Latin-1 characters. */
  readonly hash: string
  /** The claim `exp` of the assertion. */
  readonly exp: EpochSeconds
}

/** The use of an assertion that a request presents. */
export interface PresentedUse extends AssertionUse {
  /** The earliest time at which the client may have signed the assertion. */
  readonly signedAt: EpochSeconds
}

/**
 * The used assertions of an integration. Each used assertion is among the entries, or its `exp` is at most the
 * `watermark`, which is the latest `exp` of the entries that were dropped. The server accepts an assertion only if
 * neither is true. The comparison uses only claims of the assertion, so a used assertion stays used even if a clock is
 * set back.
 */
export interface ReplayWindow {
  /** The version. Each recorded use increments it. */
  readonly version: number
  readonly watermark: EpochSeconds
  /**
   * Uses before this time may be missing. If a deleted integration had the same client ID, this is the time at which
   * the present integration was created. Otherwise 0.
   */
  readonly since: EpochSeconds
  /**
   * At most `MOST_ENTRIES` entries in the order of their use. Each entry has 12 bytes: 8 bytes of the hash and 4 bytes
   * of `exp` (big-endian).
   */
  readonly entries: Uint8Array
}

export const EMPTY_WINDOW: ReplayWindow = { version: 0, watermark: 0, since: 0, entries: Buffer.alloc(0) }

export const MOST_ENTRIES = 256
const HASH_BYTES = 8
const ENTRY_BYTES = 12

/**
 * Records the use of an assertion. Refuses with `replayed` if the assertion was used before. Refuses with `crowded` if
 * the assertion may have been used before: its `exp` is at most the watermark, or the window is full of assertions with
 * the same or a later `exp`. After `crowded`, a new assertion with a later `exp` can succeed.
 */
export function recordUse(
  { version, watermark: before, since, entries }: ReplayWindow,
  use: AssertionUse,
  now: EpochSeconds,
): Result<ReplayWindow, 'replayed' | 'crowded'> {
  // Allocated outside Node's buffer pool, because a message to another thread copies the whole memory block that
  // contains the bytes.
  const next = Buffer.allocUnsafeSlow(entries.length + ENTRY_BYTES)
  next.set(entries)
  next.write(use.hash, entries.length, HASH_BYTES, 'latin1')
  next.writeUInt32BE(use.exp, entries.length + HASH_BYTES)
  const [high, low] = [next.readUInt32BE(entries.length), next.readUInt32BE(entries.length + HASH_BYTES / 2)]
  let watermark = before
  let length = 0
  let earliest = { at: 0, exp: Infinity }
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    const exp = next.readUInt32BE(at + HASH_BYTES)
    if (exp + CLOCK_TOLERANCE < now) {
      watermark = Math.max(watermark, exp)
      continue
    }
    if (next.readUInt32BE(at) === high && next.readUInt32BE(at + HASH_BYTES / 2) === low) return refuse('replayed')
    if (at !== length) next.copyWithin(length, at, at + ENTRY_BYTES)
    if (exp < earliest.exp) earliest = { at: length, exp }
    length += ENTRY_BYTES
  }
  if (use.exp <= watermark) return refuse('crowded')
  if (length === MOST_ENTRIES * ENTRY_BYTES) {
    if (earliest.exp >= use.exp) return refuse('crowded')
    watermark = Math.max(watermark, earliest.exp)
    next.copyWithin(earliest.at, earliest.at + ENTRY_BYTES, length)
    length -= ENTRY_BYTES
  }
  next.copyWithin(length, entries.length)
  length += ENTRY_BYTES
  const recorded = length === next.length ? next : Uint8Array.prototype.slice.call(next, 0, length)
  return accept({ version: version + 1, watermark, since, entries: recorded })
}

/** The reasons for which the server refuses a request because of earlier uses of its assertion. */
export type UseRefusal =
  { readonly reason: 'assertion_replayed'; readonly clientId: string; readonly proof?: Proof } | UndecidedAssertion

/**
 * Records the use of the assertion in a request of `clientId`. `lostUntil` is the last time at which the store may have
 * lost uses, because of a restore or a fail-over. An assertion that was signed before that time may have been used, so
 * the server refuses it.
 */
export function judgeUse(
  window: ReplayWindow,
  { signedAt, hash, exp }: PresentedUse,
  {
    clientId,
    lostUntil,
    now,
  }: { readonly clientId: string; readonly lostUntil: EpochSeconds; readonly now: EpochSeconds },
): Result<ReplayWindow, UseRefusal> {
  const unknownUntil = Math.max(lostUntil, window.since)
  if (unknownUntil > 0 && signedAt <= unknownUntil + CLOCK_TOLERANCE) {
    const retryAfterSeconds = unknownUntil + CLOCK_TOLERANCE + 1 - signedAt
    return refuse({ reason: 'assertion_state_unknown', clientId, retryAfterSeconds })
  }
  const recorded = recordUse(window, { hash, exp }, now)
  if (recorded.ok) return recorded
  return refuse(
    recorded.refusal === 'replayed'
      ? { reason: 'assertion_replayed', clientId }
      : { reason: 'replay_window_crowded', clientId, retryAfterSeconds: 1 },
  )
}
