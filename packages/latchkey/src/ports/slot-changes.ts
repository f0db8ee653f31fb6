// The port for changes of slots, in the order in which they became durable. The feed and other copies of the slots read
// from it.
import type { Scope } from '@latchkey/protocol'
import type { Generation, Slot } from '../domain/slot.ts'

/** The present state of a slot. */
export type FollowedSlot =
  | { readonly clientId: string; readonly scope: Scope; readonly slot: Slot }
  /**
   * The integration was deleted. `generation` is above the generations of all its tokens. Without a scope, the change
   * applies to all slots of the integration.
   */
  | {
      readonly clientId: string
      readonly scope: Scope | undefined
      readonly slot: undefined
      readonly generation: Generation
    }

/** The slots that changed. Each slot appears at most once, in its present state. */
export interface ChangePiece {
  /** The position from which the reader continues. All changes up to it are in this piece and the earlier ones. */
  readonly position: number
  readonly slots: readonly FollowedSlot[]
}

export interface Certificate {
  /** Every change that was acknowledged before `readAt` is at or below this position in the log. */
  readonly position: number
  /** Milliseconds of the monotonic clock. */
  readonly readAt: number
}

/** The changes that a follower missed while it was away. */
export interface Missed {
  /** The slots that changed while the follower was away, each in its present state. */
  readonly pieces: Iterable<readonly FollowedSlot[]>
  /** The position from which the follower continues when it has read all pieces. */
  readonly position: number
}

/**
 * Why the server cannot continue from a feed position.
 * - `unknown`: the position is from another store, or from a part of the history that the store may have lost.
 * - `too_old`: the change buffer no longer has all changes since the position.
 */
export type LostFeedPosition = 'unknown' | 'too_old'

/**
 * A `position` is a number that counts the changes in one process. A feed position is a text that a follower can also
 * use later, or at another server of the same store. Each change contains the whole state of a slot, so a repeated
 * change does no harm.
 */
export interface SlotChanges {
  /** The position of the last change that can be read. */
  readonly position: number
  /** Returns up to which position the log in this process is complete. Undefined while the server does not know that. */
  certificate(): Certificate | undefined
  /** Returns at most `most` changes after the position. Undefined if the buffer no longer has them. */
  after(position: number, most: number): ChangePiece | undefined
  /**
   * Returns every slot once, in pieces of about `most`, in its state when the piece is read. To miss no change, a
   * caller notes `position` first and reads the changes after it when all pieces are read.
   */
  all(most: number): AsyncIterable<readonly FollowedSlot[]>
  /**
   * Returns the feed position for a reader that has every change up to `position`. The text consists of letters, digits
   * and `_.-`. Undefined while the server does not know it.
   */
  feedPositionAt(position: number): string | undefined
  /** Returns the changes after the feed position. Waits until this server has read every change up to it. */
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
  /**
   * Calls `listener` after each change, when the change can be read. The call is synchronous, so the listener must
   * return quickly.
   */
  onChange(listener: () => void): void
}
