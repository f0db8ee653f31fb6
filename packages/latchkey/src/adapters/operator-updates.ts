// Stages what a change of an operator or a sign-in puts in place and ends.
import type { OperatorUpdate } from '../domain/operator-change.ts'
import { linkInsert, sessionInsert } from '../rows/people-rows.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import { type PeopleCell, StagedPeople } from '../state/people-cell.ts'

export function stageOperatorUpdate(
  batch: StagedBatch,
  cell: PeopleCell,
  { put, removed, endedSessions = [], endedLinks = [], session, link }: OperatorUpdate,
): void {
  const people = new StagedPeople(batch, cell)
  if (put !== undefined) people.putOperator(put)
  const endedIds = new Set(endedSessions.map(({ id }) => id))
  people.removeSessions(({ id }) => endedIds.has(id))
  people.removeLinks((other) => endedLinks.includes(other))
  if (session !== undefined) people.putSession(session, sessionInsert(session))
  if (link !== undefined) people.putLink(link, linkInsert(link))
  if (removed !== undefined) people.removeOperator(removed.id)
}
