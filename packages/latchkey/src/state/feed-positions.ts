// Converts between feed positions, from which readers of the feed continue, and positions in the change buffer of this
// process.
import { randomUUID } from 'node:crypto'
import type { Certificate, FollowedSlot, LostFeedPosition, Missed } from '../ports/slot-changes.ts'
import type { ChangeBuffer, SlotName } from './change-buffer.ts'

/** The methods of the port `SlotChanges` that depend on the storage engine. */
export interface FeedPositions {
  certificate(): Certificate | undefined
  feedPositionAt(position: number): string | undefined
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
}

/** The change buffer and the state in memory, from which an engine makes feed positions. */
export interface BufferedChanges {
  readonly buffer: Pick<ChangeBuffer, 'position' | 'after'>
  /** Returns a list with the present state of a slot. The list is empty if a later change removed the slot. */
  readonly stateOf: (name: SlotName) => readonly FollowedSlot[]
}

export type FeedPositionsOf = (changes: BufferedChanges) => FeedPositions

const PLACE = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})$/

/**
 * Makes the feed positions for a store with a single writer. The memory of this process contains every acknowledged
 * change, so `certificate` always returns the present position and time. A feed position is valid only until the
 * process ends, because the next process counts from zero again.
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
