// A ring buffer of the most recent changes of slots, in order. Each entry names a slot.
import type { Scope } from '@latchkey/protocol'
import type { Generation } from '../domain/slot.ts'

/**
 * The largest number of changes in the buffer. At a thousand changes a second, the buffer covers two minutes and needs
 * 3 MB.
 */
export const REMEMBERED_CHANGES = 131_072

export interface SlotName {
  readonly clientId: string
  readonly scope: Scope
  /** The generation of the removal if the slot was removed. 0 for every other change. */
  readonly removedAt: Generation
}

export class ChangeBuffer {
  readonly #most: number
  readonly #clientIds: string[] = []
  readonly #scopes: Scope[] = []
  readonly #removedAt: Generation[] = []
  #position = 0

  constructor(most: number) {
    this.#most = most
  }

  /** The number of changes that were added so far, which is the position of the last change. */
  get position(): number {
    return this.#position
  }

  add({ clientId, scope, removedAt }: SlotName): void {
    const index = this.#position++ % this.#most
    this.#clientIds[index] = clientId
    this.#scopes[index] = scope
    this.#removedAt[index] = removedAt
  }

  /**
   * Returns the slots of the next changes after the position, each slot once. Undefined if the buffer no longer has all
   * of these changes.
   */
  after(
    position: number,
    most: number,
  ): { readonly position: number; readonly names: readonly SlotName[] } | undefined {
    if (position > this.#position || position < this.#position - this.#most) return undefined
    const end = Math.min(this.#position, position + most)
    const names = new Map<string, SlotName>()
    for (let next = position; next < end; next++) {
      const index = next % this.#most
      const clientId = this.#clientIds[index] as string
      const scope = this.#scopes[index] as Scope
      // A scope contains no space, so the key is unique.
      names.set(`${scope} ${clientId}`, { clientId, scope, removedAt: this.#removedAt[index] as Generation })
    }
    return { position: end, names: [...names.values()] }
  }
}
