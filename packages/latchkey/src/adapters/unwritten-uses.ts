// What was used last, and the disk does not know yet: kept in memory, and written for all from time to time.
import { accept } from '@latchkey/protocol'
import type { Write } from '../rows/disk.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

const FLUSH_MILLISECONDS = 10_000
/** More in one commit would hold up the token requests that wait for the same disk. */
const MOST_AT_ONCE = 100
/** Nor may one such commit follow the other: ten thousand uses are written within ten seconds all the same. */
const PAUSE_MILLISECONDS = 100

/** Stages what others have to know of these uses, beside their writes. */
type Tell<Use> = (batch: StagedBatch, uses: readonly (readonly [id: string, use: Use])[]) => void

export class UnwrittenUses<Use> {
  readonly #queue: CommitQueue
  readonly #writesOf: (use: Use, id: string) => readonly Write[]
  readonly #tell: Tell<Use>
  readonly #flushMilliseconds: number
  readonly #uses = new Map<string, Use>()
  #timer: NodeJS.Timeout | undefined
  /** Grows with each round: one that finds a later one begun leaves the rest to it. */
  #round = 0

  constructor(
    queue: CommitQueue,
    writesOf: (use: Use, id: string) => readonly Write[],
    tell: Tell<Use> = () => undefined,
    flushMilliseconds = FLUSH_MILLISECONDS,
  ) {
    this.#flushMilliseconds = flushMilliseconds
    this.#queue = queue
    this.#writesOf = writesOf
    this.#tell = tell
  }

  /** Of several uses of one thing the last is written. */
  note(id: string, use: Use): void {
    // Written in the order in which they happened: of what several things used last, the last is to stand there.
    this.#uses.delete(id)
    this.#uses.set(id, use)
    this.#flushLater()
  }

  /** The use is on the disk in another way. */
  forget(id: string): void {
    this.#uses.delete(id)
  }

  get(id: string): Use | undefined {
    return this.#uses.get(id)
  }

  /** Writes all of them now. Never rejects: a use that cannot be written now is written with the next ones. */
  flush(): Promise<void> {
    return this.#write(0)
  }

  async #write(pause: number): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const round = ++this.#round
    const uses = [...this.#uses]
    try {
      for (let from = 0; from < uses.length; from += MOST_AT_ONCE) {
        if (from > 0 && pause > 0) await new Promise((resolve) => setTimeout(resolve, pause).unref())
        if (round !== this.#round) return
        const piece = uses.slice(from, from + MOST_AT_ONCE)
        const writes = piece.flatMap(([id, use]) => this.#writesOf(use, id))
        await configure(this.#queue, (batch) => {
          batch.writes.push(...writes)
          return accept(this.#tell(batch, piece))
        })
        // Uses that were noted during the write stay for the next write.
        for (const [id, use] of piece) if (this.#uses.get(id) === use) this.#uses.delete(id)
      }
    } catch {
      // The store takes no writes right now: what was noted is still here.
    }
    if (this.#uses.size > 0) this.#flushLater()
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.#write(PAUSE_MILLISECONDS), this.#flushMilliseconds).unref()
  }
}
