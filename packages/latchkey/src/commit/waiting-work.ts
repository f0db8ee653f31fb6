// The commit backlog: pending work, the number of works that are being prepared, and the works to retry alone.
import type { Work } from './work.ts'

/**
 * The queue waits for work that is being signed until half of all work or this much is ready, because a commit costs
 * the same for one work as for many. A single work does not wait.
 */
const ENOUGH = 16

/** Divides the waiting works into those of the next batch and those of a later one. */
export type Choose = (waiting: readonly Work[]) => { readonly now: readonly Work[]; readonly later: readonly Work[] }

export class WaitingWork {
  #come: Work[] = []
  /** The number of announced works that have not come yet. */
  #coming = 0
  /** Works of a batch that failed by one statement. Each is retried alone, so that only the work at fault fails. */
  readonly #alone: Work[] = []

  announce(): void {
    this.#coming++
  }

  /** An announced work has come, or was withdrawn. */
  expectOneLess(): void {
    this.#coming--
  }

  add(work: Work): void {
    this.#come.push(work)
  }

  /** Puts the works before all others. */
  addFirst(works: readonly Work[]): void {
    this.#come.unshift(...works)
  }

  tryAlone(works: readonly Work[]): void {
    this.#alone.push(...works)
  }

  /** True if there is enough work for a batch. */
  get isEnough(): boolean {
    const ready = this.#come.length + this.#alone.length
    return ready > 0 && ready >= Math.min(this.#coming, ENOUGH)
  }

  /** True if no work waits and none is announced. */
  get isEmpty(): boolean {
    return this.#come.length + this.#alone.length + this.#coming === 0
  }

  next(choose: Choose): readonly Work[] {
    const alone = this.#alone.shift()
    if (alone !== undefined) return [alone]
    const { now, later } = choose(this.#come)
    this.#come = [...later]
    return now
  }

  /** Removes and returns all works, those to retry alone first. */
  takeAll(): readonly Work[] {
    return [...this.#alone.splice(0), ...this.#come.splice(0)]
  }

  remove(work: Work): void {
    this.#come = this.#come.filter((other) => other !== work)
  }
}
