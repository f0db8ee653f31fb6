// Is there one order of all operations that agrees with real time and explains every answer? (Wing and Gong's search)
import { changesNothing, isUnanswered, type Operation } from './operation.ts'
import { NEW_SLOT, type SlotState, step } from './slot-model.ts'

/** Where the search got stuck: the longest order found, and what could not follow it. */
export interface Stuck {
  readonly placed: number
  readonly state: SlotState
  readonly unexplained: readonly Operation[]
}

/** Undefined when there is such an order. An unanswered operation may have happened or not. */
export function linearize(operations: readonly Operation[]): Stuck | undefined {
  return new Search(operations).run()
}

/** A state that the slot may have been in, with what had been placed on the way there. */
interface Node {
  readonly state: SlotState
  /** The latest beginning of all that is placed: what had ended before it can no more be placed. */
  readonly latestFrom: number
  /** Placed to get here; taken back when this led nowhere. */
  readonly placed: Operation[]
  /** What may come next; the last is tried first. */
  readonly ways: Operation[]
}

class Search {
  /** By their beginnings. */
  readonly #answered: readonly Operation[]
  readonly #unanswered: readonly Operation[]
  /** Within its list. */
  readonly #index = new Map<Operation, number>()
  readonly #placed = new Set<Operation>()
  readonly #seen = new Set<string>()
  /** Every answered operation before it is placed. */
  #first = 0
  #answeredPlaced = 0

  constructor(operations: readonly Operation[]) {
    const sorted = [...operations].sort((a, b) => a.from - b.from)
    this.#answered = sorted.filter(({ act }) => !isUnanswered(act))
    this.#unanswered = sorted.filter(({ act }) => isUnanswered(act))
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
        furthest = { placed: this.#answeredPlaced, state: node.state, unexplained: this.#left(node.latestFrom) }
      }
      const way = node.ways.pop()
      const next = way === undefined ? undefined : step(node.state, way.act)
      // An unanswered operation that would change nothing explains nothing.
      const isIdle = next === node.state && way !== undefined && isUnanswered(way.act)
      if (way !== undefined && next !== undefined && !isIdle) {
        this.#place(way)
        path.push(this.#arrive(next, Math.max(node.latestFrom, way.from), [way]))
      } else if (way === undefined) {
        for (const operation of node.placed) this.#takeBack(operation)
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
    const ways = this.#isNew(state, latestFrom) ? this.#left(latestFrom) : []
    // What ends first is tried first, and what nobody answered last: the usual case is found without a detour.
    return { state, latestFrom, placed, ways: ways.sort((a, b) => rank(b) - rank(a)) }
  }

  /** A true answer that changes nothing loses nothing by being placed now, unless that shuts an unanswered one out. */
  #freeRead(state: SlotState, latestFrom: number): Operation | undefined {
    const shutsOutAfter = Math.min(...this.#unansweredLeft(latestFrom).map(({ to }) => to))
    return this.#answeredLeft().find(
      ({ act, from }) => changesNothing(act) && from <= shutsOutAfter && step(state, act) !== undefined,
    )
  }

  #left(latestFrom: number): Operation[] {
    const answered = this.#answeredLeft()
    const earliestEnd = Math.min(...answered.map(({ to }) => to))
    return [...answered, ...this.#unansweredLeft(latestFrom).filter(({ from }) => from <= earliestEnd)]
  }

  /** Those that may come next: begun before any other that is left had ended. */
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
    const left: Operation[] = []
    let issueIsOpen = false
    for (const operation of this.#unanswered) {
      if (operation.to < latestFrom || this.#placed.has(operation)) continue
      // Of token requests that may still take effect at any time one is as good as another: the first stands for all.
      const isOpenIssue = operation.to === Infinity && operation.act.kind === 'issue_unanswered'
      if (isOpenIssue && issueIsOpen) continue
      issueIsOpen ||= isOpenIssue
      left.push(operation)
    }
    return left
  }

  #place(operation: Operation): void {
    this.#placed.add(operation)
    if (isUnanswered(operation.act)) return
    this.#answeredPlaced++
    for (let at = this.#answered[this.#first]; at !== undefined && this.#placed.has(at);) {
      this.#first++
      at = this.#answered[this.#first]
    }
  }

  #takeBack(operation: Operation): void {
    this.#placed.delete(operation)
    if (isUnanswered(operation.act)) return
    this.#answeredPlaced--
    this.#first = Math.min(this.#first, this.#index.get(operation) ?? 0)
  }

  /** False when the same operations have led to the same state before. */
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
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }
}

const rank = ({ to, act }: Operation): number => (isUnanswered(act) ? Infinity : to)
