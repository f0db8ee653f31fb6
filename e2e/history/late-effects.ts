// Unanswered requests that may still take effect at any later time. Selects those that could take effect next.
import type { Operation } from './operation.ts'
import type { SlotState } from './slot-model.ts'

interface Group {
  /** Ordered by their beginnings. */
  readonly operations: Operation[]
  /** The number of placed ones, in order: which of several is placed makes no difference, but it must have begun. */
  placed: number
}

/** Operations that have a group of their own. A revocation has the group of its token. */
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

  /** One of each kind represents all. Only a revocation of the live token changes anything. */
  next({ live }: SlotState, begunBy: number): readonly Operation[] {
    const names = live === undefined ? WITHOUT_TOKEN : [...WITHOUT_TOKEN, revocationOf(live)]
    return names.flatMap((name) => {
      const group = this.#groups.get(name)
      const operation = group?.operations[group.placed]
      return operation !== undefined && operation.from <= begunBy ? [operation] : []
    })
  }

  /**
   * How many of each kind are placed. A path that got as far with fewer of every kind has at least the same ways
   * left.
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
