// Converts between feed positions, from which followers continue, and positions in the change buffer of this process.
import { randomUUID } from 'node:crypto'
import type { Certificate, FollowedSlot, LostFeedPosition, Missed } from '../ports/slot-changes.ts'
import type { ChangeBuffer, SlotName } from './change-buffer.ts'

/** The part of the positions that depends on the storage engine: see `SlotChanges`. */
export interface FeedPositions {
  certificate(): Certificate | undefined
  feedPositionAt(position: number): string | undefined
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
}

/** The change buffer and the state in memory, by which an engine makes positions. */
export interface BufferedChanges {
  readonly buffer: Pick<ChangeBuffer, 'position' | 'after'>
  /**
   * Returns the present state of a slot. Returns an empty list if the slot was removed and this change is not the
   * removal.
   */
  readonly stateOf: (name: SlotName) => readonly FollowedSlot[]
}

export type FeedPositionsOf = (changes: BufferedChanges) => FeedPositions

const PLACE = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})$/

/**
 * The positions of a store with a single writer. Every acknowledged change is in the memory of this process, so its
 * certificate is always current. A position ends with the process, because the next process counts from zero again.
 */
export const feedPositionsOfOneProcess =
  (now: () => number): FeedPositionsOf =>
  ({ buffer }) => {
    const run = randomUUID()
    return {
      certificate: () => ({ position: buffer.position, readAt: now() }),
      feedPositionAt: (position) => `${run}.${position.toString(36)}`,
      since: (feedPosition) => {
        const [, made, counted = ''] = PLACE.exec(feedPosition) ?? []
        const position = Number.parseInt(counted, 36)
        const isKnown = made === run && position <= buffer.position
        if (!isKnown) return Promise.resolve('unknown')
        return Promise.resolve(buffer.after(position, 1) === undefined ? 'too_old' : { position, pieces: [] })
      },
    }
  }
