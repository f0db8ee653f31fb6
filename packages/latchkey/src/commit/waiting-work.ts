// What waits for the next batch: work that has come, work that is going to, and work that is to be tried alone.
import type { Work } from './work.ts'

/**
 * Work that is being signed is waited for until half of what is under way is ready, or this much is: a commit costs the
 * same for one as for many. Who is alone waits for nobody.
 */
const ENOUGH = 16

/** Which of the waiting works make the next batch, and which wait for the one after it. */
export type Choose = (waiting: readonly Work[]) => { readonly now: readonly Work[]; readonly later: readonly Work[] }

export class WaitingWork {
  #come: Work[] = []
  /** Work that was announced and has not come yet. */
  #coming = 0
  /** Work whose batch was refused by one statement: each is tried alone, so that it fails nobody else. */
  readonly #alone: Work[] = []

  announce(): void {
    this.#coming++
  }

  /** What was announced has come, or is not going to. */
  expectOneLess(): void {
    this.#coming--
  }

  add(work: Work): void {
    this.#come.push(work)
  }

  /** Before whatever came meanwhile. */
  addFirst(works: readonly Work[]): void {
    this.#come.unshift(...works)
  }

  tryAlone(works: readonly Work[]): void {
    this.#alone.push(...works)
  }

  /** Is there enough for a batch? */
  get isEnough(): boolean {
    const ready = this.#come.length + this.#alone.length
    return ready > 0 && ready >= Math.min(this.#coming, ENOUGH)
  }

  /** Nothing is here, and nothing is announced. */
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

  /** All that is here, the work that was to be tried alone before the other. */
  takeAll(): readonly Work[] {
    return [...this.#alone.splice(0), ...this.#come.splice(0)]
  }

  remove(work: Work): void {
    this.#come = this.#come.filter((other) => other !== work)
  }
}
