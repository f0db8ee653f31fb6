// The whole table of one channel, encoded once for all readers that want it in the same moments.
import type { FollowedSlot, SlotChanges } from '../../../ports/slot-changes.ts'
import type { Deflater } from './deflater.ts'
import { Frame } from './frame.ts'
import type { Turns } from './turns.ts'

/** Slots to a frame: half a millisecond's work, and nothing else of the server waits longer for it. */
const SLOTS_TO_FRAME = 250
/** A reader joins a snapshot unless more has changed since the snapshot began: all of that is sent to the reader afterwards. */
const MOST_CHANGES_SINCE = 32_768

export interface SnapshotPorts {
  readonly changes: SlotChanges
  readonly turns: Turns
  readonly deflater: Deflater
}

/**
 * The quickest reader sets the pace: a frame is made when a reader asks for it, and kept until the last reader of this
 * snapshot is through, because a reader that joins begins with the first frame.
 *
 * A frame shows its slots as they were when the frame was made, at `position` or later. A reader that has all frames, and
 * then all changes after `position`, has missed nothing: a change that a frame shows already is sent twice, without harm.
 */
export class Snapshot {
  /** Noted before the first slot is read. */
  readonly position: number
  readonly #ports: SnapshotPorts
  readonly #encode: (slots: readonly FollowedSlot[]) => string | undefined
  readonly #pieces: AsyncIterator<readonly FollowedSlot[]>
  readonly #frames: Frame[] = []
  #isWhole = false
  #making: Promise<void> | undefined

  /** @param encode makes the text of the event; undefined if no slot of the piece concerns the channel. */
  constructor(ports: SnapshotPorts, encode: (slots: readonly FollowedSlot[]) => string | undefined) {
    this.#ports = ports
    this.#encode = encode
    this.position = ports.changes.position
    this.#pieces = ports.changes.all(SLOTS_TO_FRAME)[Symbol.asyncIterator]()
  }

  /** True if a reader that comes now may read this snapshot, and then all that has changed since it began. */
  get isJoinable(): boolean {
    const { changes } = this.#ports
    return changes.position - this.position <= MOST_CHANGES_SINCE
  }

  /** The frame with this number, from 0. Undefined if there are fewer. */
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
