// What changes in the slots, in the order in which it became durable: for those who keep a copy of them.
import type { Scope } from '@latchkey/protocol'
import type { Generation, Slot } from '../domain/slot.ts'

/** A slot as it is now. */
export type FollowedSlot =
  | { readonly clientId: string; readonly scope: Scope; readonly slot: Slot }
  /** Its integration was deleted: `generation` is above all that its tokens had. Without a scope it is all of its slots. */
  | {
      readonly clientId: string
      readonly scope: Scope | undefined
      readonly slot: undefined
      readonly generation: Generation
    }

/** Slots that changed, each as it is now and no more than once. */
export interface ChangePiece {
  /** What to ask for next: all changes up to here are in this piece or in those before it. */
  readonly position: number
  readonly slots: readonly FollowedSlot[]
}

export interface Certificate {
  /** Everything that was acknowledged before `readAt` is at or below it. */
  readonly position: number
  /** Milliseconds of the monotonic clock. */
  readonly readAt: number
}

/** What a follower that comes back has missed. */
export interface Missed {
  /** The slots that changed meanwhile, each as it is now. */
  readonly pieces: Iterable<readonly FollowedSlot[]>
  /** What changes from now on is after it: to be read when all pieces are through. */
  readonly position: number
}

/**
 * - `unknown`: the place is none of this store, or of a time whose end nobody can know of.
 * - `too_old`: more has changed since than is remembered.
 */
export type LostPlace = 'unknown' | 'too_old'

/**
 * Positions count the changes in one process. A place is what is left of a position when its follower goes on elsewhere:
 * at this process later, or at another one that serves the same store. A slot's state is whole: a later one makes up for
 * every one before it, so what is told twice does no harm.
 */
export interface SlotChanges {
  /** Of the last change that can be read. */
  readonly position: number
  /** Undefined while it is not known how current this log is. */
  certificate(): Certificate | undefined
  /** The next changes after the position, at most `most` of them; undefined when they are no longer, or never were, known. */
  after(position: number, most: number): ChangePiece | undefined
  /**
   * Every slot once, in pieces of about `most`, as it is when its piece is read. Whoever notes the position first and
   * reads the changes after it when all pieces are through has missed nothing.
   */
  all(most: number): AsyncIterable<readonly FollowedSlot[]>
  /** Where to go on for who has everything up to the position; undefined while that is not known. Letters, digits, `_.-`. */
  placeAt(position: number): string | undefined
  /** What changed after the place. Waits while it is not known; then everything that was known at the place is known here. */
  since(place: string): Promise<Missed | LostPlace>
  /** Calls back after each change, once it can be read; in the same turn of the event loop, so be quick. */
  onChange(listener: () => void): void
}
