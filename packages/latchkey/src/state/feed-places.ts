// Where followers of the slots go on: how a position in this process's ring is named, and found again.
import { randomUUID } from 'node:crypto'
import type { Certificate, FollowedSlot, LostPlace, Missed } from '../ports/slot-changes.ts'
import type { ChangeRing, SlotName } from './change-ring.ts'

/** What an engine knows of places beyond the ring: see `SlotChanges`. */
export interface FeedPlaces {
  certificate(): Certificate | undefined
  placeAt(position: number): string | undefined
  since(place: string): Promise<Missed | LostPlace>
}

/** What an engine has to go by. */
export interface RingOfChanges {
  readonly ring: Pick<ChangeRing, 'position' | 'after'>
  /** As it is in memory now; none when the slot is gone and this is not its removal. */
  readonly stateOf: (name: SlotName) => readonly FollowedSlot[]
}

export type PlacesOf = (changes: RingOfChanges) => FeedPlaces

const PLACE = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})$/

/**
 * For a store with a single writer, memory is the truth: what is not in it was not acknowledged. It is gone with the
 * process,
 * and with it what its positions counted.
 */
export const placesOfOneProcess =
  (now: () => number): PlacesOf =>
  ({ ring }) => {
    const run = randomUUID()
    return {
      certificate: () => ({ position: ring.position, readAt: now() }),
      placeAt: (position) => `${run}.${position.toString(36)}`,
      since: (place) => {
        const [, made, counted = ''] = PLACE.exec(place) ?? []
        const position = Number.parseInt(counted, 36)
        const isKnown = made === run && position <= ring.position
        if (!isKnown) return Promise.resolve('unknown')
        return Promise.resolve(ring.after(position, 1) === undefined ? 'too_old' : { position, pieces: [] })
      },
    }
  }
