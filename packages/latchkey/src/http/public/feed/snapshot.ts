// All slots (the live tokens of all clients) of one channel, encoded once for all readers that load them at the same
// time.
import type { FollowedSlot, SlotChanges } from '../../../ports/slot-changes.ts'
import type { Deflater } from './deflater.ts'
import { Frame } from './frame.ts'
import type { FeedTurns } from './feed-turns.ts'

/** The number of slots in a frame. Encoding a frame of this size blocks the event loop for half a millisecond. */
const SLOTS_TO_FRAME = 250
/**
 * A reader may join a snapshot if at most this many changes were made since it began. The reader gets these changes
 * after the last frame.
 */
const MOST_CHANGES_SINCE = 32_768

export interface SnapshotPorts {
  readonly changes: SlotChanges
  readonly turns: FeedTurns
  readonly deflater: Deflater
}

/**
 * A frame is made when the first reader needs it. The frames are kept until the last reader of the snapshot is done,
 * because a reader that joins later starts with the first frame.
 *
 * A frame shows the state of its slots at the moment when the frame was made. This state includes every change up to
 * `position`. A reader that gets all frames and then all changes after `position` misses no change. It may get a change
 * twice, which does no harm.
 */
export class Snapshot {
  /** The position in the change buffer before the first slot was read. */
  readonly position: number
  readonly #ports: SnapshotPorts
  readonly #encode: (slots: readonly FollowedSlot[]) => string | undefined
  readonly #pieces: AsyncIterator<readonly FollowedSlot[]>
  readonly #frames: Frame[] = []
  #isWhole = false
  #making: Promise<void> | undefined

  /** @param encode returns the text of the event, or undefined if no slot of the piece concerns the channel */
  constructor(ports: SnapshotPorts, encode: (slots: readonly FollowedSlot[]) => string | undefined) {
    this.#ports = ports
    this.#encode = encode
    this.position = ports.changes.position
    this.#pieces = ports.changes.all(SLOTS_TO_FRAME)[Symbol.asyncIterator]()
  }

  /** True if a new reader may read this snapshot and then the changes since its start. */
  get isJoinable(): boolean {
    const { changes } = this.#ports
    return changes.position - this.position <= MOST_CHANGES_SINCE
  }

  /** Returns the frame with this number, counted from 0. Undefined if the snapshot has fewer frames. */
  async frame(number: number): Promise<Frame | undefined> {
    while (number >= this.#frames.length && !this.#isWhole) await (this.#making ??= this.#makeNext())
    return this.#frames[number]
  }

  async #makeNext(): Promise<void> {
    try {
      const piece = await this.#pieces.next()
      if (piece.done === true) {
        this.#isWhole = true
        return
      }
      let text: string | undefined
      await this.#ports.turns.take(() => {
        text = this.#encode(piece.value)
      })
      if (text !== undefined) this.#frames.push(await Frame.packed(text, this.#ports.deflater))
    } finally {
      this.#making = undefined
    }
  }
}
