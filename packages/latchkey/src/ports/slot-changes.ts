// The port that lists the changes of slots (the live token of each integration and scope) in the order in which the
// changes became durable. The feed for guards reads from this port.
import type { Scope } from '@latchkey/protocol'
import type { Generation, Slot } from '../domain/slot.ts'

/** The present state of a slot, or the removal of a slot. */
export type FollowedSlot =
  | { readonly clientId: string; readonly scope: Scope; readonly slot: Slot }
  /**
   * The integration was deleted. `generation` (a number that grows with each change of a slot) is higher than the
   * generations of all tokens of the integration. If `scope` is undefined, the removal applies to all slots of the
   * integration.
   */
  | {
      readonly clientId: string
      readonly scope: Scope | undefined
      readonly slot: undefined
      readonly generation: Generation
    }

/** Some of the changed slots. Each slot appears at most once, with its present state. */
export interface ChangePiece {
  /**
   * The position from which the reader continues. This piece and the earlier pieces contain all changes up to this
   * position.
   */
  readonly position: number
  readonly slots: readonly FollowedSlot[]
}

export interface Certificate {
  /** At this position, a reader has all changes that any server acknowledged before `readAt`. */
  readonly position: number
  /** A time of the monotonic clock, in milliseconds. */
  readonly readAt: number
}

/** The changes that a reader of the feed missed while it was disconnected. */
export interface Missed {
  /** The slots that changed while the reader was disconnected, in their present states. */
  readonly pieces: Iterable<readonly FollowedSlot[]>
  /** The position from which the reader continues after it has read all pieces. */
  readonly position: number
}

/**
 * Why the server cannot continue from a feed position.
 * - `unknown`: the position is from another store, or from a part of the history that the store may have lost.
 * - `too_old`: the change buffer no longer has all changes since the position.
 */
export type LostFeedPosition = 'unknown' | 'too_old'

/**
 * Lists the changes of slots. A `position` is a number that counts the changes in one process. A feed position is a
 * text with which a reader can also continue later, or at another server on the same store. Each change contains the
 * whole state of a slot, so a repeated change does no harm.
 */
export interface SlotChanges {
  /** The position of the last change. */
  readonly position: number
  /**
   * Returns the position up to which this process has all changes of all servers. Undefined while the server does not
   * know this position.
   */
  certificate(): Certificate | undefined
  /** Returns at most `most` changes after the position. Undefined if the buffer no longer has all of these changes. */
  after(position: number, most: number): ChangePiece | undefined
  /**
   * Yields every slot once, in pieces of about `most` slots. Each slot has its state at the time of the read. To get
   * every change, a caller notes `position` before it reads the pieces. After the last piece, it reads the changes
   * since that position.
   */
  all(most: number): AsyncIterable<readonly FollowedSlot[]>
  /**
   * Returns the feed position for a reader that has every change up to `position`. The text consists of letters, digits
   * and `_.-`. Undefined while the server does not know the feed position.
   */
  feedPositionAt(position: number): string | undefined
  /**
   * Resolves with the changes after the feed position. First waits until this server has read every change up to that
   * feed position.
   */
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
  /**
   * Calls `listener` as soon as a new change can be read. The call is synchronous, so the listener must return quickly.
   */
  onChange(listener: () => void): void
}
