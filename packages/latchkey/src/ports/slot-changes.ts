// The port for changes of slots, in the order in which they became durable. The feed and other copies of the slots use
// it.
import type { Scope } from '@latchkey/protocol'
import type { Generation, Slot } from '../domain/slot.ts'

/** The present state of a slot. */
export type FollowedSlot =
  | { readonly clientId: string; readonly scope: Scope; readonly slot: Slot }
  /**
   * The integration was deleted. `generation` is above those of all its tokens. Without a scope it covers all its
   * slots.
   */
  | {
      readonly clientId: string
      readonly scope: Scope | undefined
      readonly slot: undefined
      readonly generation: Generation
    }

/** Slots that changed. Each appears at most once, in its present state. */
export interface ChangePiece {
  /** The position to read on from. This piece and the earlier ones hold all changes up to it. */
  readonly position: number
  readonly slots: readonly FollowedSlot[]
}

export interface Certificate {
  /** Every change that was acknowledged before `readAt` is at or below this position. */
  readonly position: number
  /** Milliseconds of the monotonic clock. */
  readonly readAt: number
}

/** The changes that a returning follower missed. */
export interface Missed {
  /** The slots that changed in its absence, each in its present state. */
  readonly pieces: Iterable<readonly FollowedSlot[]>
  /** Where the reader continues after it has read all pieces. */
  readonly position: number
}

/**
 * Why the server cannot continue from a feed position.
 * - `unknown`: the position is not from this store, or is from a part of its history that may be lost.
 * - `too_old`: more has changed since than the change buffer holds.
 */
export type LostFeedPosition = 'unknown' | 'too_old'

/**
 * A `position` is a number that counts the changes in one process. A feed position is a text that a follower can also
 * use later, or at another server of the same store. Each change carries the whole state of a slot, so a repeated
 * change does no harm.
 */
export interface SlotChanges {
  /** The position of the last change that can be read. */
  readonly position: number
  /** Undefined while the server does not know how current its log is. */
  certificate(): Certificate | undefined
  /** Returns the next changes after the position, at most `most`. Undefined if the buffer does not hold them. */
  after(position: number, most: number): ChangePiece | undefined
  /**
   * Returns every slot once, in pieces of about `most`, in its state when the piece is read. To miss no change, a
   * caller notes `position` first and reads the changes after it when all pieces are read.
   */
  all(most: number): AsyncIterable<readonly FollowedSlot[]>
  /**
   * Returns the feed position for a reader that has every change up to `position`. Undefined while unknown. Letters,
   * digits, `_.-`.
   */
  feedPositionAt(position: number): string | undefined
  /** Returns the changes after the feed position. Waits until this server knows every change up to it. */
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
  /**
   * Calls `listener` after each change, once the change can be read. The call is synchronous, so the listener must be
   * quick.
   */
  onChange(listener: () => void): void
}
