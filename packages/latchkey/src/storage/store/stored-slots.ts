// The slots port over memory, commit queue and disk.
import type { Scope } from '@latchkey/protocol'
import { type Generation, revoke } from '../../domain/slot.ts'
import type { Slots } from '../../ports/slots.ts'
import { slotUpdate } from '../rows/rows.ts'
import type { Exactness } from '../memory/exactness.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { IssuanceDesk, type IssuanceDeskPorts } from '../commit/issuance-desk.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { Work } from '../commit/work.ts'

export function storedSlots(ports: IssuanceDeskPorts, exactness?: Exactness): Slots {
  const { queue } = ports
  const desk = new IssuanceDesk(ports, exactness)
  return {
    // Where nobody else writes memory is the truth: a check never waits for the disk. Its place in the order of all
    // acts is this moment.
    read: (clientId, scope) =>
      exactness === undefined
        ? queue.live.slot(clientId, scope)
        : exactness.of(clientId).then(() => queue.live.slot(clientId, scope)),
    current: () => exactness?.current(),
    issue: (attempt) => desk.issue(attempt),
    revoke: (clientId, scope, jti) =>
      new Promise((resolve, reject) => {
        queue.push(new Revocation(queue, { clientId, scope, jti }, resolve, reject))
      }),
    markEnded: (clientId, scope, generation) => {
      queue.live.markEnded(clientId, scope, generation)
    },
  }
}

export interface RevocationOrder {
  readonly clientId: string
  readonly scope: Scope
  readonly jti: string
}

/** Ends one token, by comparison at the moment the batch closes. */
export class Revocation implements Work {
  readonly rank = 'revoke'
  readonly #queue: CommitQueue
  readonly #order: RevocationOrder
  readonly #resolve: (ended: boolean) => void
  readonly #reject: (cause: Error) => void
  #ended = false
  #ending: Generation | undefined
  /** The token that a commit without an answer may have ended. */
  #mayHaveEnded: Generation | undefined

  constructor(
    queue: CommitQueue,
    order: RevocationOrder,
    resolve: (ended: boolean) => void,
    reject: (cause: Error) => void,
  ) {
    this.#queue = queue
    this.#order = order
    this.#resolve = resolve
    this.#reject = reject
  }

  stage(batch: StagedBatch): void {
    const { clientId, scope, jti } = this.#order
    const slot = batch.state(clientId)?.slots.find((candidate) => candidate.scope === scope)
    const isRecorded = slot?.live?.jti === jti || slot?.predecessor?.token.jti === jti
    const emptied = slot !== undefined && isRecorded ? revoke(slot, jti, this.#queue.generations.next(slot)) : undefined
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
