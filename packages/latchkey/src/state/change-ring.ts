// Which slots changed last, in order: a fixed number of entries, none of which holds more than names.
import type { Scope } from '@latchkey/protocol'
import type { Generation } from '../domain/slot.ts'

/** How many changes a server remembers: two minutes at a thousand a second, in 3 MB. */
export const REMEMBERED_CHANGES = 131_072

export interface SlotName {
  readonly clientId: string
  readonly scope: Scope
  /** What the removal of the slot took; 0 when it was changed and not removed. */
  readonly removedAt: Generation
}

export class ChangeRing {
  readonly #most: number
  readonly #clientIds: string[] = []
  readonly #scopes: Scope[] = []
  readonly #removedAt: Generation[] = []
  #position = 0

  constructor(most: number) {
    this.#most = most
  }

  /** How many changes there were. */
  get position(): number {
    return this.#position
  }

  add({ clientId, scope, removedAt }: SlotName): void {
    const place = this.#position++ % this.#most
    this.#clientIds[place] = clientId
    this.#scopes[place] = scope
    this.#removedAt[place] = removedAt
  }

  /** The next ones after the position, each slot once; undefined when they are not all there any more, or never were. */
  after(
    position: number,
    most: number,
  ): { readonly position: number; readonly names: readonly SlotName[] } | undefined {
    if (position > this.#position || position < this.#position - this.#most) return undefined
    const end = Math.min(this.#position, position + most)
    const names = new Map<string, SlotName>()
    for (let next = position; next < end; next++) {
      const place = next % this.#most
      const clientId = this.#clientIds[place] as string
      const scope = this.#scopes[place] as Scope
      // No scope holds a space.
      names.set(`${scope} ${clientId}`, { clientId, scope, removedAt: this.#removedAt[place] as Generation })
    }
    return { position: end, names: [...names.values()] }
  }
}
