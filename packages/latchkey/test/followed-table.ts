// A copy of all slots (of integrations and scopes) that a test keeps up to date from the change buffer, by the rules
// for readers of that buffer.
import { followedStanding } from '../src/domain/followed-slot.ts'
import type { FollowedSlot, SlotChanges } from '../src/ports/slot-changes.ts'

export class FollowedTable {
  readonly rows = new Map<string, { readonly generation: number; readonly says: string }>()

  put(slots: readonly FollowedSlot[]): void {
    for (const { clientId, scope, ...rest } of slots) {
      const { slot } = rest
      const generation = slot === undefined ? rest.generation : slot.generation
      const says =
        slot === undefined
          ? 'revoked'
          : `${followedStanding(slot)} ${slot.live?.jti ?? ''} ${slot.predecessor?.token.jti ?? ''}`.trim()
      for (const name of scope === undefined ? this.#namesOf(clientId) : [`${clientId} ${scope}`]) {
        if ((this.rows.get(name)?.generation ?? 0) <= generation) this.rows.set(name, { generation, says })
      }
    }
  }

  #namesOf(clientId: string): readonly string[] {
    return [...this.rows.keys()].filter((name) => name.startsWith(`${clientId} `))
  }

  /** Applies all changes after the position, in pieces. Returns the last position. */
  follow(changes: SlotChanges, from: number): number {
    for (let position = from; ;) {
      const piece = changes.after(position, 3)
      if (piece === undefined) throw new Error('the log has passed by')
      this.put(piece.slots)
      if (piece.position === position) return position
      position = piece.position
    }
  }

  /** Returns each row without its generation. */
  words(): Record<string, string> {
    return Object.fromEntries([...this.rows].toSorted().map(([name, { says }]) => [name, says]))
  }
}

/** Makes a copy by reading all slots. */
export async function tableOf(changes: SlotChanges): Promise<FollowedTable> {
  const table = new FollowedTable()
  for await (const piece of changes.all(100)) table.put(piece)
  return table
}
