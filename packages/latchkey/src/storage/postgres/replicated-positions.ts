// Feed positions that every replica understands: how far the change log and the configuration were known.
import type { Certificate, LostPlace, Missed } from '../../ports/slot-changes.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { FeedPlaces, RingOfChanges } from '../../state/feed-places.ts'
import type { ChangeLogConsumer } from './change-log-consumer.ts'
import type { CatchUp } from './catch-up.ts'
import { readPosition, writePosition } from './feed-position.ts'

/** A feed reader that is more reads behind gets no feed position until it has caught up. */
const MOST_MARKS = 1000

/** Everything before the feed position is at or below the certificate's position. */
interface Mark extends Certificate {
  readonly place: string
}

export class ReplicatedPositions implements FeedPlaces {
  readonly #consumer: ChangeLogConsumer
  readonly #catchUp: CatchUp
  /** Sorted by position, with one mark for each. */
  readonly #marks: Mark[] = []

  constructor(consumer: ChangeLogConsumer, catchUp: CatchUp, { ring }: RingOfChanges) {
    this.#consumer = consumer
    this.#catchUp = catchUp
    consumer.onProgress = (progress) => {
      this.#note({ position: ring.position, readAt: progress.readAt, place: writePosition(progress) })
    }
  }

  certificate(): Certificate | undefined {
    return this.#marks.at(-1)
  }

  placeAt(position: number): string | undefined {
    return this.#marks.findLast((mark) => mark.position <= position)?.place
  }

  async since(text: string): Promise<Missed | LostPlace> {
    const place = readPosition(text)
    if (place === undefined) return 'unknown'
    for (;;) {
      // From here on this replica knows at least what the replica that noted the position knew.
      await this.#consumer.caughtUp()
      try {
        return await this.#catchUp.since(place)
      } catch (cause) {
        if (!(cause instanceof StoreUnavailable)) throw cause
      }
    }
  }

  #note(mark: Mark): void {
    if (this.#marks.at(-1)?.position === mark.position) this.#marks.pop()
    this.#marks.push(mark)
    if (this.#marks.length > MOST_MARKS) this.#marks.shift()
  }
}
