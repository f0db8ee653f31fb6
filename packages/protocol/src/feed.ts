// The feed that guards follow: its path, its events and their meaning. docs/feed.md describes the whole protocol.
import type { FeedSlot } from './feed-slot.ts'

/**
 * The path of the feed below the issuer.
 *
 * @example
 * ```ts
 * import { FEED_PATH } from '@latchkey/protocol'
 *
 * const issuer = 'https://auth.example.com/oauth2/default'
 * console.log(`${issuer}${FEED_PATH}`) // https://auth.example.com/oauth2/default/v1/feed
 * ```
 */
export const FEED_PATH = '/v1/feed'

/**
 * The version of the feed, sent in `hello`. A reader that meets another version must disconnect.
 *
 * @example
 * ```ts
 * import { FEED_VERSION } from '@latchkey/protocol'
 *
 * console.log(FEED_VERSION) // 1
 * ```
 */
export const FEED_VERSION = 1

/**
 * The largest number of characters in one message of the feed: the limit for an {@link EventStreamReader}.
 *
 * @example
 * ```ts
 * import { EventStreamReader, LONGEST_FEED_MESSAGE } from '@latchkey/protocol'
 *
 * const reader = new EventStreamReader(LONGEST_FEED_MESSAGE)
 * console.log(reader.read(': a comment\n\n').length) // 0
 * ```
 */
export const LONGEST_FEED_MESSAGE = 1_048_576

/**
 * The reasons why a snapshot follows.
 * - `new`: the request had no cursor.
 * - `too_old`: the server does not remember the changes since the cursor.
 * - `unknown`: the cursor belongs to another store, or to other scopes.
 *
 * @example
 * ```ts
 * import { RESET_REASONS } from '@latchkey/protocol'
 *
 * console.log(RESET_REASONS.join(' ')) // new too_old unknown
 * ```
 */
export const RESET_REASONS = ['new', 'too_old', 'unknown'] as const
/** One of {@link RESET_REASONS}. */
export type ResetReason = (typeof RESET_REASONS)[number]

/**
 * The reasons why the server ends the stream.
 * - `right_ended`: the integration, its secret or its right has ended. Do not reconnect at once.
 * - `right_changed`: the integration has the right for other scopes now. Reconnect: a snapshot follows.
 * - `stopping`: the server stops.
 * - `too_slow`: the reader is so far behind that the server no longer has the changes that it needs.
 * - `time`: the stream is old. The reader must measure the age of its table from a new request.
 *
 * @example
 * ```ts
 * import { BYE_REASONS } from '@latchkey/protocol'
 *
 * console.log(BYE_REASONS.includes('stopping')) // true
 * ```
 */
export const BYE_REASONS = ['right_ended', 'right_changed', 'stopping', 'too_slow', 'time'] as const
/** One of {@link BYE_REASONS}. */
export type ByeReason = (typeof BYE_REASONS)[number]

/** The first event. The rows of slots name a scope by its index in `scopes`. */
export interface FeedHello {
  readonly name: 'hello'
  /** The version of the feed: {@link FEED_VERSION}. */
  readonly version: number
  /** The scopes that the reader has the resource-server right for. */
  readonly scopes: readonly string[]
  /** Milliseconds between two heartbeats. */
  readonly heartbeat: number
}

/** The reader must drop its table, and a snapshot follows. Not sent if the stream continues at the reader's cursor. */
export interface FeedReset {
  readonly name: 'reset'
  /** Why. */
  readonly reason: ResetReason
}

/** The IDs of all signing keys that are accepted now. Sent after `hello` and at each change. */
export interface FeedKeys {
  readonly name: 'keys'
  /** The IDs of the keys (RFC 7517 §4.5). */
  readonly kids: readonly string[]
}

/** The rows of a part of the snapshot (`slots`), or of slots that changed later (`slot`). Only `slot` has a cursor. */
export interface FeedRows {
  readonly name: 'slots' | 'slot'
  /** The whole state of each slot. */
  readonly rows: readonly FeedSlot[]
}

/** The end of a snapshot: the table is complete as of the cursor of this event. */
export interface FeedSnapshotEnd {
  readonly name: 'snapshot-end'
}

/** Certifies that the server has sent every change up to the cursor of this event. */
export interface FeedHeartbeat {
  readonly name: 'heartbeat'
  /**
   * Milliseconds from the moment when the server accepted this stream to the moment of the certified state. The age of
   * a reader's table is at most the time since the reader *sent* its request, minus `t`.
   */
  readonly t: number
}

/** The last event: the server ends the stream. */
export interface FeedBye {
  readonly name: 'bye'
  /** Why. */
  readonly reason: ByeReason
}

/** Any event of the feed. The page `docs/feed.md` describes the whole protocol. */
export type FeedEvent = FeedHello | FeedReset | FeedKeys | FeedRows | FeedSnapshotEnd | FeedHeartbeat | FeedBye
