// Stages the use of a request's assertion in the commit that answers the request.
import { accept, type Result } from '@latchkey/protocol'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { judgeUse, type UseRefusal } from '../domain/replay-window.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface PresentsAssertion {
  readonly client: AuthenticatedClient
  /**
   * - `unused`: no commit has recorded the use.
   * - `staged`: a commit records the use, and its outcome is unknown.
   * - `recorded`: a commit has recorded the use. It is never judged again.
   * - `undecidable`: either a commit without an answer has recorded the use, or another request has.
   */
  useState: 'unused' | 'staged' | 'recorded' | 'undecidable'
}

/**
 * Judges the use by the window of the batch, and stages it. Does nothing for a client that sent its secret. Returns
 * `outcome_unknown` if an earlier commit without an answer may have recorded the same use.
 */
export function stageUse(
  batch: StagedBatch,
  request: PresentsAssertion,
  now: EpochSeconds,
): Result<void, UseRefusal> | 'outcome_unknown' {
  const { clientId, use } = request.client
  if (use === undefined || request.useState === 'recorded') return accept(undefined)
  if (request.useState === 'undecidable') return 'outcome_unknown'
  const judged = judgeUse(batch.window(clientId), use, { clientId, lostUntil: batch.usesLostUntil, now })
  if (!judged.ok) {
    const mayBeItsOwn = request.useState === 'staged' && judged.refusal.reason === 'assertion_replayed'
    if (!mayBeItsOwn) return judged
    request.useState = 'undecidable'
    return 'outcome_unknown'
  }
  const before = request.useState
  request.useState = 'staged'
  batch.putWindow(clientId, judged.value, (isRecorded) => {
    // If this commit stored nothing, an earlier one without an answer may still have recorded the use.
    request.useState = isRecorded ? 'recorded' : before
  })
  return accept(undefined)
}

/** The refusal of a client whose issuer was disabled or deleted while the request waited. */
export const noLongerTrusted = (clientId: string) =>
  ({ reason: 'unknown_issuer', clientId, assertion: 'platform' }) as const
