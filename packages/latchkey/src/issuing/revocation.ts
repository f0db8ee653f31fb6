// One revocation on its way: ends a token by comparison at the moment the batch closes.
import type { Scope } from '@latchkey/protocol'
import { type Generation, revoke } from '../domain/slot.ts'
import { slotUpdate } from '../rows/rows.ts'
import type { Generations } from '../state/generations.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { Work } from '../commit/work.ts'

interface RevocationOrder {
  readonly clientId: string
  readonly scope: Scope
  readonly jti: string
}

export class Revocation implements Work {
  readonly rank = 'revoke'
  readonly #generations: Generations
  readonly #order: RevocationOrder
  readonly #resolve: (ended: boolean) => void
  readonly #reject: (cause: Error) => void
  #ended = false
  #ending: Generation | undefined
  /** The token that a commit without an answer may have ended. */
  #mayHaveEnded: Generation | undefined

  constructor(
    generations: Generations,
    order: RevocationOrder,
    resolve: (ended: boolean) => void,
    reject: (cause: Error) => void,
  ) {
    this.#generations = generations
    this.#order = order
    this.#resolve = resolve
    this.#reject = reject
  }

  stage(batch: StagedBatch): void {
    const { clientId, scope, jti } = this.#order
    const slot = batch.state(clientId)?.slots.find((candidate) => candidate.scope === scope)
    const isRecorded = slot?.live?.jti === jti || slot?.predecessor?.token.jti === jti
    const emptied = slot !== undefined && isRecorded ? revoke(slot, jti, this.#generations.next(slot)) : undefined
    this.#ended = emptied !== undefined || (slot !== undefined && slot.revokedGeneration === this.#mayHaveEnded)
    if (emptied === undefined) return
    this.#ending = emptied.revokedGeneration
    batch.putSlot(clientId, emptied, slotUpdate(emptied))
  }

  settle(): void {
    this.#resolve(this.#ended)
  }

  overtaken(): void {
    this.#ended = false
  }

  unanswered(): void {
    this.#mayHaveEnded ??= this.#ending
  }

  fail(cause: Error): void {
    this.#reject(cause)
  }
}
