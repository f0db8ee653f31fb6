// The replay window of an integration: which client assertions it has used (RFC 7523 §3, item 7). Its size is bounded.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { CLOCK_TOLERANCE } from './assertion-times.ts'
import type { UndecidedAssertion } from './refusal.ts'
import type { EpochSeconds } from './slot.ts'

/** A use of an assertion. */
export interface AssertionUse {
  /** The first 8 bytes of SHA-256(`jti`), as Latin-1 characters. */
  readonly hash: string
  /** The claim `exp`. */
  readonly exp: EpochSeconds
}

/** The use of an assertion that a request presents. */
export interface PresentedUse extends AssertionUse {
  /** The earliest moment at which the client may have signed the assertion. */
  readonly signedAt: EpochSeconds
}

/**
 * Invariant: each used assertion is among the entries, or its `exp` is at most the watermark. An accepted assertion is
 * neither. The invariant compares claims that the client signed, so no step of a clock makes a used assertion new.
 */
export interface ReplayWindow {
  /** Raised by each use. */
  readonly version: number
  readonly watermark: EpochSeconds
  /**
   * The last moment at which uses may have been forgotten: when a client ID of a deleted integration came back. 0 for a
   * new client ID.
   */
  readonly since: EpochSeconds
  /** At most `MOST_ENTRIES` of 12 bytes, in the order of their use: 8 of the hash and 4 of `exp` (big-endian). */
  readonly entries: Uint8Array
}

export const EMPTY_WINDOW: ReplayWindow = { version: 0, watermark: 0, since: 0, entries: Buffer.alloc(0) }

export const MOST_ENTRIES = 256
const HASH_BYTES = 8
const ENTRY_BYTES = 12

/**
 * Records a use. Refuses as `replayed` an assertion that was used before. Refuses as `crowded` an assertion that the
 * window cannot distinguish from a used one: its `exp` is at or below the watermark, or more than `MOST_ENTRIES`
 * assertions end in the same second. A later assertion with a later `exp` then passes.
 */
export function recordUse(
  { version, watermark: before, since, entries }: ReplayWindow,
  use: AssertionUse,
  now: EpochSeconds,
): Result<ReplayWindow, 'replayed' | 'crowded'> {
  // Memory of its own: a message to another thread copies the whole block around the bytes.
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

/** Why a request gets nothing, because of the assertion that it presents. */
export type UseRefusal = { readonly reason: 'assertion_replayed'; readonly clientId: string } | UndecidedAssertion

/**
 * Records the use that a request of `clientId` presents. `lostUntil` is the last moment at which the store may have lost
 * uses, by a restore or a fail-over. An assertion that was signed before then may have been used, so the server cannot
 * decide.
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
