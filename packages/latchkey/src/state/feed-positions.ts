// Where followers of the slots go on: how a position in this process's buffer is named, and found again.
import { randomUUID } from 'node:crypto'
import type { Certificate, FollowedSlot, LostFeedPosition, Missed } from '../ports/slot-changes.ts'
import type { ChangeBuffer, SlotName } from './change-buffer.ts'

/** What an engine knows of places beyond the buffer: see `SlotChanges`. */
export interface FeedPositions {
  certificate(): Certificate | undefined
  feedPositionAt(position: number): string | undefined
  since(feedPosition: string): Promise<Missed | LostFeedPosition>
}

/** What an engine has to go by. */
export interface BufferedChanges {
  readonly buffer: Pick<ChangeBuffer, 'position' | 'after'>
  /** As it is in memory now; none when the slot is gone and this is not its removal. */
  readonly stateOf: (name: SlotName) => readonly FollowedSlot[]
}

export type FeedPositionsOf = (changes: BufferedChanges) => FeedPositions

const PLACE = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})$/

/**
 * For a store with a single writer, memory is the truth: what is not in it was not acknowledged. It is gone with the
 * process,
 * and with it what its positions counted.
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
