// The feed that guards follow: its place, its events and what each means. docs/feed.md has the whole protocol.
import type { FeedSlot } from './feed-slot.ts'

/** Below the issuer. */
export const FEED_PATH = '/v1/feed'

/** Sent in `hello`; a reader that meets another one must not go on. */
export const FEED_VERSION = 1

/** No message of the feed is longer, in characters. */
export const LONGEST_FEED_MESSAGE = 1_048_576

/** Why a snapshot follows: there was no cursor; it is older than the server remembers; it is none of this store and scopes. */
export const RESET_REASONS = ['new', 'too_old', 'unknown'] as const
export type ResetReason = (typeof RESET_REASONS)[number]

/**
 * Why the server ends the stream.
 * - `right_ended`: the integration, its secret or its right is gone: do not come back at once.
 * - `right_changed`: it has the right for other scopes now: come back, a snapshot follows.
 * - `stopping`: the server stops.
 * - `too_slow`: the reader is further behind than the server remembers.
 * - `time`: the stream is old enough to be anchored anew.
 */
export const BYE_REASONS = ['right_ended', 'right_changed', 'stopping', 'too_slow', 'time'] as const
export type ByeReason = (typeof BYE_REASONS)[number]

/** First of all. The rows of slots name scopes by their place in `scopes`. */
export interface FeedHello {
  readonly name: 'hello'
  readonly version: number
  readonly scopes: readonly string[]
  /** Milliseconds between two heartbeats. */
  readonly heartbeat: number
}

/** The table is void; a snapshot follows. Absent when the stream goes on where the cursor ended. */
export interface FeedReset {
  readonly name: 'reset'
  readonly reason: ResetReason
}

/** All keys that are accepted now: after `hello` and at each change. */
export interface FeedKeys {
  readonly name: 'keys'
  readonly kids: readonly string[]
}

/** A piece of the snapshot (`slots`), or what has changed since (`slot`, which carries a cursor). */
export interface FeedRows {
  readonly name: 'slots' | 'slot'
  readonly rows: readonly FeedSlot[]
}

/** The table is whole as of this event's cursor. */
export interface FeedSnapshotEnd {
  readonly name: 'snapshot-end'
}

/** A certificate: everything up to this event's cursor was sent. */
export interface FeedHeartbeat {
  readonly name: 'heartbeat'
  /**
   * Milliseconds from the moment the server accepted this stream to the moment whose state was sent completely. The age
   * of a reader's table is at most the time since it *sent* its request, less this.
   */
  readonly t: number
}

export interface FeedBye {
  readonly name: 'bye'
  readonly reason: ByeReason
}

export type FeedEvent = FeedHello | FeedReset | FeedKeys | FeedRows | FeedSnapshotEnd | FeedHeartbeat | FeedBye
