// Adds the effects of a change of an operator or of a sign-in to a batch: new, changed and ended records.
import type { OperatorUpdate } from '../domain/operator-change.ts'
import { linkInsert, sessionInsert } from '../rows/operator-rows.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import { type OperatorSnapshot, StagedOperators } from '../state/operator-snapshot.ts'

export function stageOperatorUpdate(
  batch: StagedBatch,
  snapshot: OperatorSnapshot,
  { put, removed, endedSessions = [], endedLinks = [], session, link }: OperatorUpdate,
): void {
  const staged = new StagedOperators(batch, snapshot)
  if (put !== undefined) staged.putOperator(put)
  const endedIds = new Set(endedSessions.map(({ id }) => id))
  staged.removeSessions(({ id }) => endedIds.has(id))
  staged.removeLinks((other) => endedLinks.includes(other))
  if (session !== undefined) staged.putSession(session, sessionInsert(session))
  if (link !== undefined) staged.putLink(link, linkInsert(link))
  if (removed !== undefined) staged.removeOperator(removed.id)
}
