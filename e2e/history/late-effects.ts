// Unanswered requests that may take effect at any later time. The search asks which of them could take effect next.
import type { Operation } from './operation.ts'
import type { SlotState } from './slot-model.ts'

interface Group {
  /** The operations of the group, in the order in which the requests began. */
  readonly operations: Operation[]
  /**
   * How many operations of the group the search has placed. It places them in order: the operations of a group are
   * interchangeable, except that the request of an operation must have begun before.
   */
  placed: number
}

/** The groups that exist for every history. A revocation belongs to the group of its token. */
const WITHOUT_TOKEN = ['issue', 'disable', 'enable', 'delete'] as const

export class LateEffects {
  readonly #groups = new Map<string, Group>()

  constructor(operations: readonly Operation[]) {
    for (const operation of operations.toSorted((a, b) => a.from - b.from)) {
      const name = groupOf(operation)
      const group = this.#groups.get(name)
      if (group === undefined) this.#groups.set(name, { operations: [operation], placed: 0 })
      else group.operations.push(operation)
    }
  }

  /**
   * Returns the next operation of each group, because the operations of a group are interchangeable. Only a revocation
   * of the live token can change the state, so the other revocations are left out.
   */
  next({ live }: SlotState, begunBy: number): readonly Operation[] {
    const names = live === undefined ? WITHOUT_TOKEN : [...WITHOUT_TOKEN, revocationOf(live)]
    return names.flatMap((name) => {
      const group = this.#groups.get(name)
      const operation = group?.operations[group.placed]
      return operation !== undefined && operation.from <= begunBy ? [operation] : []
    })
  }

  /**
   * How many operations of each group are placed. If two paths have reached the same state, the path with fewer placed
   * operations in every group has at least the same continuations.
   */
  get spent(): readonly number[] {
    return WITHOUT_TOKEN.map((name) => this.#groups.get(name)?.placed ?? 0)
  }

  place(operation: Operation): void {
    this.#move(operation, 1)
  }

  takeBack(operation: Operation): void {
    this.#move(operation, -1)
  }

  #move(operation: Operation, by: 1 | -1): void {
    const group = this.#groups.get(groupOf(operation))
    if (group !== undefined) group.placed += by
  }
}

const revocationOf = (jti: string): string => `revoke ${jti}`

function groupOf({ act }: Operation): string {
  switch (act.kind) {
    case 'change_unanswered':
      return act.change
    case 'revoke_unanswered':
      return revocationOf(act.jti)
    default:
      return 'issue'
  }
}
