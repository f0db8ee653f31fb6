// Searches for an order of all operations that agrees with real time and explains every answer (the algorithm of Wing
// and Gong).
import { LateEffects } from './late-effects.ts'
import { changesNothing, isUnanswered, type Operation } from './operation.ts'
import { NEW_SLOT, type SlotState, step } from './slot-model.ts'

/** Where the search failed: the longest order that it found, and the operations that could not follow. */
export interface Stuck {
  readonly placed: number
  readonly state: SlotState
  readonly unexplained: readonly Operation[]
}

/**
 * Returns undefined if some order of the operations explains every answer. An unanswered operation may have taken
 * effect or not.
 */
export function linearize(operations: readonly Operation[]): Stuck | undefined {
  return new Search(operations).run()
}

/** A node of the search: a possible state of the slot after the operations placed up to now. */
interface Node {
  readonly state: SlotState
  /**
   * The latest start time of the placed operations. An operation that ended before that time can no longer be placed.
   */
  readonly latestFrom: number
  /** The operations placed to reach this node. They are removed again if the search fails from here. */
  readonly placed: Operation[]
  /** The candidates for the next operation. The search tries the last candidate first. */
  readonly ways: Operation[]
}

class Search {
  /** The answered operations, in the order in which they began. */
  readonly #answered: readonly Operation[]
  /**
   * The issuances, in the order of their generations (token numbers), because they can only be placed in this order.
   */
  readonly #issues: readonly Operation[]
  #issuesPlaced = 0
  /** Unanswered operations that must take effect before a known time, if at all. */
  readonly #unanswered: readonly Operation[]
  readonly #late: LateEffects
  /** The index of each operation in its list. */
  readonly #index = new Map<Operation, number>()
  readonly #placed = new Set<Operation>()
  /** For each visited state: how many late effects of each group (see LateEffects) each visit had placed. */
  readonly #seen = new Map<string, (readonly number[])[]>()
  /** All answered operations before this index are placed. */
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
      // Placing an unanswered operation that changes no state would explain nothing.
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
    // The search tries the operation that ended first, and unanswered operations last: this order is usually right.
    return { state, latestFrom, placed, ways: ways.sort((a, b) => rank(b) - rank(a)) }
  }

  /**
   * Returns an operation whose answer is true in this state and that does not change the state: the search places it at
   * once. Leaves out operations after which an unanswered operation could no longer be placed.
   */
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

  /** Answered operations that may come next: those that began before any other remaining operation had ended. */
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

  /** False if the search reached this state before with the same operations and no more late effects than now. */
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
