// Revokes a token (RFC 7009), if the token has not ended by the time that the batch closes.
import type { Scope } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { PendingCommit } from '../commit/pending-commit.ts'
import { type Generation, revoke } from '../domain/slot.ts'

export interface RevocationOrder {
  readonly clientId: string
  readonly scope: Scope
  readonly jti: string
}

/** Implements `revoke` of the port `Slots`. */
export function revokeToken(queue: CommitQueue, { clientId, scope, jti }: RevocationOrder): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let hasEnded = false
    /** The generation of the token that this attempt ends. */
    let ending: Generation | undefined
    const work: PendingCommit = {
      rank: 'revoke',
      earlier: 'none',
      stage: (batch) => {
        const slot = batch.state(clientId)?.slots.find((candidate) => candidate.scope === scope)
        if (slot !== undefined) batch.decideBy(slot.id)
        const isRecorded = slot?.live?.jti === jti || slot?.predecessor?.token.jti === jti
        const emptied = slot !== undefined && isRecorded ? revoke(slot, jti, queue.generations.next(slot)) : undefined
        const mayHaveEnded = work.earlier === 'unknown' ? ending : undefined
        hasEnded = emptied !== undefined || (slot !== undefined && slot.revokedGeneration === mayHaveEnded)
        if (emptied === undefined) return
        ending = emptied.revokedGeneration
        batch.putSlot(clientId, emptied)
      },
      settle: () => {
        resolve(hasEnded)
      },
      fail: reject,
    }
    queue.enqueue(work)
  })
}
