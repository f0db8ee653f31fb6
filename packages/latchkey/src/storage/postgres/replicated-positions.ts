// Makes feed positions that are valid at every replica, from the progress of reading the change log and the
// configuration.
import type { Certificate, LostFeedPosition, Missed } from '../../ports/slot-changes.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { FeedPositions, BufferedChanges } from '../../state/feed-positions.ts'
import type { ChangeLogConsumer } from './change-log-consumer.ts'
import type { CatchUp } from './catch-up.ts'
import { readPosition, writePosition } from './feed-position.ts'

/**
 * The number of recent reads of the change log whose feed positions stay in memory. A reader of the feed that is
 * further behind gets no feed position until it has caught up.
 */
const MOST_MARKS = 1000

/**
 * A feed position, and the matching position in the change buffer of this process. A reader at `position` has every
 * change up to the feed position.
 */
interface Mark extends Certificate {
  readonly feedPosition: string
}

export class ReplicatedPositions implements FeedPositions {
  readonly #consumer: ChangeLogConsumer
  readonly #catchUp: CatchUp
  /** The most recent marks (pairs of positions), sorted by position. Each position occurs only once. */
  readonly #marks: Mark[] = []

  constructor(consumer: ChangeLogConsumer, catchUp: CatchUp, { buffer }: BufferedChanges) {
    this.#consumer = consumer
    this.#catchUp = catchUp
    consumer.onProgress = (progress) => {
      this.#note({ position: buffer.position, readAt: progress.readAt, feedPosition: writePosition(progress) })
    }
  }

  certificate(): Certificate | undefined {
    return this.#marks.at(-1)
  }

  feedPositionAt(position: number): string | undefined {
    return this.#marks.findLast((mark) => mark.position <= position)?.feedPosition
  }

  async since(text: string): Promise<Missed | LostFeedPosition> {
    const feedPosition = readPosition(text)
    if (feedPosition === undefined) return 'unknown'
    for (;;) {
      // After this read, this replica has every change that another replica had when it made the feed position.
      await this.#consumer.caughtUp()
      try {
        return await this.#catchUp.since(feedPosition)
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
