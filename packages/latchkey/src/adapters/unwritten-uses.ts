// The last uses that are not on the disk yet. They are in memory, and a timer writes all of them.
import { accept } from '@latchkey/protocol'
import type { Write } from '../rows/disk.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

const FLUSH_MILLISECONDS = 10_000
/**
 * The largest number of uses in one commit. A larger commit would delay the token requests that wait for the same disk.
 */
const MOST_AT_ONCE = 100
/** The pause between two such commits. With it ten thousand uses are still written within ten seconds. */
const PAUSE_MILLISECONDS = 100

/** Stages notifications about these uses for other replicas, in addition to their writes. */
type Tell<Use> = (batch: StagedBatch, uses: readonly (readonly [id: string, use: Use])[]) => void

export class UnwrittenUses<Use> {
  readonly #queue: CommitQueue
  readonly #writesOf: (use: Use, id: string) => readonly Write[]
  readonly #tell: Tell<Use>
  readonly #flushMilliseconds: number
  readonly #uses = new Map<string, Use>()
  #timer: NodeJS.Timeout | undefined
  /** Grows with each round of writes. A round stops when a later round has begun, which writes the rest. */
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

  /** Adds a use. If an earlier use of the same record is not written yet, it is replaced. */
  note(id: string, use: Use): void {
    // The entry is moved to the end, so that uses are written in the order in which they happened.
    this.#uses.delete(id)
    this.#uses.set(id, use)
    this.#flushLater()
  }

  /** Removes a use, because another write has brought it to the disk. */
  forget(id: string): void {
    this.#uses.delete(id)
  }

  get(id: string): Use | undefined {
    return this.#uses.get(id)
  }

  /** Writes all uses now. Never rejects: a use that cannot be written now is written with the next ones. */
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
        // Uses that arrived during the write are left for the next write.
        for (const [id, use] of piece) if (this.#uses.get(id) === use) this.#uses.delete(id)
      }
    } catch {
      // The store accepts no writes now, so the uses stay in memory.
    }
    if (this.#uses.size > 0) this.#flushLater()
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.#write(PAUSE_MILLISECONDS), this.#flushMilliseconds).unref()
  }
}
