// Adds the use of a request's assertion to the commit that answers the request.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { judgeUse, type UseRefusal } from '../domain/replay-window.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface PresentsAssertion {
  readonly client: AuthenticatedClient
  /**
   * - `unused`: no commit has recorded the use.
   * - `staged`: a commit that records the use was sent to the store, and its outcome is not known yet.
   * - `recorded`: a commit has recorded the use. The server does not check it again.
   * - `undecidable`: the use is recorded, but the server cannot tell whether for this request or for another request.
   */
  useState: 'unused' | 'staged' | 'recorded' | 'undecidable'
}

/**
 * Checks the use against the replay window of the batch, and adds the use to the batch. Does nothing if the request has
 * no use to record, as is the case for a request with a secret. Returns `outcome_unknown` if an earlier commit with an
 * unknown outcome may have recorded the same use.
 */
export function stageUse(
  batch: StagedBatch,
  request: PresentsAssertion,
  now: EpochSeconds,
): Result<void, UseRefusal> | 'outcome_unknown' {
  const { clientId, credentialId, subject, use } = request.client
  if (use === undefined || request.useState === 'recorded') return accept(undefined)
  if (request.useState === 'undecidable') return 'outcome_unknown'
  const judged = judgeUse(batch.window(clientId), use, { clientId, lostUntil: batch.usesLostUntil, now })
  if (!judged.ok) {
    const mayBeItsOwn = request.useState === 'staged' && judged.refusal.reason === 'assertion_replayed'
    if (!mayBeItsOwn) {
      if (judged.refusal.reason !== 'assertion_replayed') return judged
      return refuse({ ...judged.refusal, proof: { credentialId, ...(subject !== undefined && { subject }) } })
    }
    request.useState = 'undecidable'
    return 'outcome_unknown'
  }
  const before = request.useState
  request.useState = 'staged'
  batch.putWindow(clientId, judged.value, (isRecorded) => {
    // If this commit stored nothing, an earlier commit with an unknown outcome may still have recorded the use.
    request.useState = isRecorded ? 'recorded' : before
  })
  return accept(undefined)
}

/** Returns the refusal for a client whose trusted issuer was disabled or deleted while the request waited. */
export const noLongerTrusted = (clientId: string) =>
  ({ reason: 'unknown_issuer', clientId, assertion: 'platform' }) as const
