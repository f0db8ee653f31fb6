// What changes in the slots, in the order in which it became durable: for those who keep a copy of them.
import type { Scope } from '@latchkey/protocol'
import type { Generation, Slot } from '../domain/slot.ts'

/** A slot as it is now. */
export type FollowedSlot =
  | { readonly clientId: string; readonly scope: Scope; readonly slot: Slot }
  /** Its integration was deleted: `generation` is above all that its tokens had. */
  | { readonly clientId: string; readonly scope: Scope; readonly slot: undefined; readonly generation: Generation }

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

/** Positions count the changes of one log. A slot's state is whole: a later one makes up for every one before it. */
export interface SlotChanges {
  /** Which log the positions are of; those of another one mean nothing here. */
  readonly identity: string
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
  /** Calls back after each change, once it can be read; in the same turn of the event loop, so be quick. */
  onChange(listener: () => void): void
}
