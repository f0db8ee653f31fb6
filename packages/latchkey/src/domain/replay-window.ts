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
  /** At most `MOST_ENTRIES`, in the order of their use. */
  readonly entries: readonly AssertionUse[]
}

export const EMPTY_WINDOW: ReplayWindow = { version: 0, watermark: 0, since: 0, entries: [] }

export const MOST_ENTRIES = 256

/**
 * Records a use. Refuses as `replayed` an assertion that was used before. Refuses as `crowded` an assertion that the
 * window cannot distinguish from a used one: its `exp` is at or below the watermark, or more than `MOST_ENTRIES`
 * assertions end in the same second. A later assertion with a later `exp` then passes.
 */
export function recordUse(
  { version, watermark: before, since, entries: all }: ReplayWindow,
  use: AssertionUse,
  now: EpochSeconds,
): Result<ReplayWindow, 'replayed' | 'crowded'> {
  const entries = all.filter(({ exp }) => exp + CLOCK_TOLERANCE >= now)
  const expired = all.filter(({ exp }) => exp + CLOCK_TOLERANCE < now)
  const watermark = Math.max(before, ...expired.map(({ exp }) => exp))
  if (entries.some(({ hash }) => hash === use.hash)) return refuse('replayed')
  if (use.exp <= watermark) return refuse('crowded')
  if (entries.length < MOST_ENTRIES)
    return accept({ version: version + 1, watermark, since, entries: [...entries, use] })
  const earliest = entries.reduce((least, entry) => (entry.exp < least.exp ? entry : least))
  if (earliest.exp >= use.exp) return refuse('crowded')
  return accept({
    version: version + 1,
    watermark: Math.max(watermark, earliest.exp),
    since,
    entries: [...entries.filter((entry) => entry !== earliest), use],
  })
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

const HASH_BYTES = 8
const ENTRY_BYTES = 12

/** Writes the entries: 12 bytes each, 8 of the hash and 4 of `exp` (big-endian). */
export function packEntries(entries: readonly AssertionUse[]): Uint8Array {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES)
  for (const [index, { hash, exp }] of entries.entries()) {
    bytes.write(hash, index * ENTRY_BYTES, HASH_BYTES, 'latin1')
    bytes.writeUInt32BE(exp, index * ENTRY_BYTES + HASH_BYTES)
  }
  return bytes
}

export function unpackEntries(packed: Uint8Array): readonly AssertionUse[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, index) => ({
    hash: bytes.toString('latin1', index * ENTRY_BYTES, index * ENTRY_BYTES + HASH_BYTES),
    exp: bytes.readUInt32BE(index * ENTRY_BYTES + HASH_BYTES),
  }))
}
