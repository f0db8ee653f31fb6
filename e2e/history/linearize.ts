// Searches for an order of all operations that agrees with real time and explains every answer (the algorithm of Wing
// and Gong).
import { LateEffects } from './late-effects.ts'
import { changesNothing, isUnanswered, type Operation } from './operation.ts'
import { NEW_SLOT, type SlotState, step } from './slot-model.ts'

/** Where the search failed: the longest order found, and the operations that could not follow it. */
export interface Stuck {
  readonly placed: number
  readonly state: SlotState
  readonly unexplained: readonly Operation[]
}

/** Returns undefined if there is such an order. An unanswered operation may have happened or not. */
export function linearize(operations: readonly Operation[]): Stuck | undefined {
  return new Search(operations).run()
}

/** A possible state of the slot, with the operations placed before it. */
interface Node {
  readonly state: SlotState
  /** The latest beginning of all placed operations: an operation that ended before it can no longer be placed. */
  readonly latestFrom: number
  /** The operation placed to get here. Removed again if the search fails from here. */
  readonly placed: Operation[]
  /** The operations that may come next. The last is tried first. */
  readonly ways: Operation[]
}

class Search {
  /** Ordered by their beginnings. */
  readonly #answered: readonly Operation[]
  /** Ordered by their generations, because they can be placed only in this order. */
  readonly #issues: readonly Operation[]
  #issuesPlaced = 0
  /** Operations that can take effect up to a certain time. */
  readonly #unanswered: readonly Operation[]
  readonly #late: LateEffects
  /** The index within its list. */
  readonly #index = new Map<Operation, number>()
  readonly #placed = new Set<Operation>()
  /** The late effects spent at each visit of the same state. */
  readonly #seen = new Map<string, (readonly number[])[]>()
  /** Every answered operation before it is placed. */
  #first = 0
  #answeredPlaced = 0

  constructor(operations: readonly Operation[]) {
    const sorted = [...operations].sort((a, b) => a.from - b.from)
    this.#answered = sorted.filter(({ act }) => !isUnanswered(act))
    this.#issues = this.#answered.filter(isIssue).sort((a, b) => a.act.generation - b.act.generation)
    this.#unanswered = sorted.filter((operation) => isUnanswered(operation.act) && !isLate(operation))
    this.#late = new LateEffects(sorted.filter(isLate))
    for (const list of [this.#answered, this.#unanswered]) {
      for (const [index, operation] of list.entries()) this.#index.set(operation, index)
    }
  }

  run(): Stuck | undefined {
    let furthest: Stuck = { placed: -1, state: NEW_SLOT, unexplained: [] }
    const path = [this.#arrive(NEW_SLOT, -Infinity, [])]
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (this.#answeredPlaced === this.#answered.length) return undefined
      if (this.#answeredPlaced > furthest.placed) {
        const { state, latestFrom } = node
        furthest = { placed: this.#answeredPlaced, state, unexplained: this.#left(state, latestFrom) }
      }
      const way = node.ways.pop()
      const next = way === undefined ? undefined : step(node.state, way.act)
      // An unanswered operation that would change nothing explains nothing.
      const isIdle = next === node.state && way !== undefined && isUnanswered(way.act)
      if (way !== undefined && next !== undefined && !isIdle) {
        this.#place(way)
        path.push(this.#arrive(next, Math.max(node.latestFrom, way.from), [way]))
      } else if (way === undefined) {
        for (const operation of node.placed.toReversed()) this.#takeBack(operation)
        path.pop()
      }
    }
    return furthest
  }

  #arrive(state: SlotState, reachedFrom: number, placed: Operation[]): Node {
    let latestFrom = reachedFrom
    for (let read = this.#freeRead(state, latestFrom); read !== undefined; read = this.#freeRead(state, latestFrom)) {
      this.#place(read)
      placed.push(read)
      latestFrom = Math.max(latestFrom, read.from)
    }
    const left = this.#isNew(state, latestFrom) ? this.#left(state, latestFrom) : []
    const ways = left.filter((operation) => !isIssue(operation) || operation === this.#issues[this.#issuesPlaced])
    // The operation that ends first is tried first, and unanswered ones last, which finds the usual order directly.
    return { state, latestFrom, placed, ways: ways.sort((a, b) => rank(b) - rank(a)) }
  }

  /** A true answer that changes no state can be placed now, unless that excludes an unanswered operation. */
  #freeRead(state: SlotState, latestFrom: number): Operation | undefined {
    const shutsOutAfter = Math.min(...this.#unansweredLeft(latestFrom).map(({ to }) => to))
    return this.#answeredLeft().find(
      ({ act, from }) => changesNothing(act) && from <= shutsOutAfter && step(state, act) !== undefined,
    )
  }

  #left(state: SlotState, latestFrom: number): Operation[] {
    const answered = this.#answeredLeft()
    const earliestEnd = Math.min(...answered.map(({ to }) => to))
    const unanswered = this.#unansweredLeft(latestFrom).filter(({ from }) => from <= earliestEnd)
    return [...answered, ...unanswered, ...this.#late.next(state, earliestEnd)]
  }

  /** The operations that may come next: begun before any remaining one had ended. */
  #answeredLeft(): Operation[] {
    const left: Operation[] = []
    let earliestEnd = Infinity
    for (let index = this.#first; ; index++) {
      const operation = this.#answered[index]
      if (operation === undefined || operation.from > earliestEnd) break
      if (this.#placed.has(operation)) continue
      left.push(operation)
      earliestEnd = Math.min(earliestEnd, operation.to)
    }
    return left.filter(({ from }) => from <= earliestEnd)
  }

  #unansweredLeft(latestFrom: number): Operation[] {
    return this.#unanswered.filter((operation) => operation.to >= latestFrom && !this.#placed.has(operation))
  }

  #place(operation: Operation): void {
    if (isLate(operation)) {
      this.#late.place(operation)
      return
    }
    this.#placed.add(operation)
    if (isUnanswered(operation.act)) return
    if (isIssue(operation)) this.#issuesPlaced++
    this.#answeredPlaced++
    for (let at = this.#answered[this.#first]; at !== undefined && this.#placed.has(at);) {
      this.#first++
      at = this.#answered[this.#first]
    }
  }

  #takeBack(operation: Operation): void {
    if (isLate(operation)) {
      this.#late.takeBack(operation)
      return
    }
    this.#placed.delete(operation)
    if (isUnanswered(operation.act)) return
    if (isIssue(operation)) this.#issuesPlaced--
    this.#answeredPlaced--
    this.#first = Math.min(this.#first, this.#index.get(operation) ?? 0)
  }

  /** False if the same operations have led to the same state before, with no more late effects spent. */
  #isNew(state: SlotState, latestFrom: number): boolean {
    const beyond: number[] = []
    for (let index = this.#first, ahead = this.#answeredPlaced - this.#first; ahead > 0; index++) {
      const operation = this.#answered[index]
      if (operation === undefined || !this.#placed.has(operation)) continue
      beyond.push(index)
      ahead--
    }
    const open = this.#unansweredLeft(latestFrom).map((operation) => this.#index.get(operation))
    const key = [this.#first, beyond.join(), open.join(), JSON.stringify(state)].join(' ')
    const { spent } = this.#late
    const before = this.#seen.get(key)
    if (before === undefined) {
      this.#seen.set(key, [spent])
      return true
    }
    if (before.some((other) => other.every((count, kind) => count <= (spent[kind] ?? 0)))) return false
    before.push(spent)
    return true
  }
}

const isLate = ({ act, to }: Operation): boolean => to === Infinity && isUnanswered(act)

const isIssue = (operation: Operation): operation is Issue => operation.act.kind === 'issue'

type Issue = Operation & { readonly act: { readonly kind: 'issue'; readonly generation: number } }

const rank = ({ to, act }: Operation): number => (isUnanswered(act) ? Infinity : to)
