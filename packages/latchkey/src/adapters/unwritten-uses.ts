// Holds the last uses of records (secrets, keys, sessions) in memory until a timer writes them to the store.
import { accept } from '@latchkey/protocol'
import type { Write } from '../rows/disk.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

const FLUSH_MILLISECONDS = 10_000
/** The largest number of uses in one commit. A larger commit would delay token requests. */
const MOST_AT_ONCE = 100
/** The pause between two commits with uses. It is short enough to write ten thousand uses within ten seconds. */
const PAUSE_MILLISECONDS = 100

/** Adds to the batch the changes that tell other replicas about the uses. */
type Tell<Use> = (batch: StagedBatch, uses: readonly (readonly [id: string, use: Use])[]) => void

export class UnwrittenUses<Use> {
  readonly #queue: CommitQueue
  readonly #writesOf: (use: Use, id: string) => readonly Write[]
  readonly #tell: Tell<Use>
  readonly #flushMilliseconds: number
  readonly #uses = new Map<string, Use>()
  #timer: NodeJS.Timeout | undefined
  /**
   * The number of the last call of `#write`. An earlier call stops when a newer call begins, because the newer call
   * writes all remaining uses.
   */
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

  /** Adds a use. It replaces an earlier use of the same record that is not written yet. */
  note(id: string, use: Use): void {
    // Moves the entry to the end, so that uses are written in the order in which they happened.
    this.#uses.delete(id)
    this.#uses.set(id, use)
    this.#flushLater()
  }

  /** Removes a use that another write has already stored. */
  forget(id: string): void {
    this.#uses.delete(id)
  }

  get(id: string): Use | undefined {
    return this.#uses.get(id)
  }

  /** Writes all uses now. Never rejects: a use that cannot be written stays in memory for the next write. */
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
        // A newer use that arrived during the write stays for the next write.
        for (const [id, use] of piece) if (this.#uses.get(id) === use) this.#uses.delete(id)
      }
    } catch {
      // The store accepts no writes at present, so the uses stay in memory.
    }
    if (this.#uses.size > 0) this.#flushLater()
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.#write(PAUSE_MILLISECONDS), this.#flushMilliseconds).unref()
  }
}
