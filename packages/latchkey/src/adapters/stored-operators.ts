// Implements the port for operators. All operators and their set-up links are in memory and change through the commit
// queue.
import { accept, type Result } from '@latchkey/protocol'
import {
  addFirstOwner,
  addOperator,
  editOperator,
  type OperatorState,
  type OperatorUpdate,
  removeOperator,
  replaceFirstLink,
  replaceLink,
  setPassword,
  type UpdateOfOperator,
} from '../domain/operator-change.ts'
import type { Operator } from '../domain/operator.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewPassword, Operators } from '../ports/operators.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { OperatorSnapshot } from '../state/operator-snapshot.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import { stageOperatorUpdate } from './operator-updates.ts'

export function storedOperators(snapshot: OperatorSnapshot, queue: CommitQueue, clock: Clock): Operators {
  /** Adds the result of `decide` to a batch. A refusal adds nothing. */
  const change = <Update extends OperatorUpdate, Value, Refusal>(
    decide: (state: OperatorState) => Result<Update, Refusal>,
    stage: (batch: StagedBatch, update: Update) => Value,
  ) =>
    configure(queue, (batch): Result<Value, Refusal> => {
      const decided = decide(batch.get(snapshot))
      return decided.ok ? accept(stage(batch, decided.value)) : decided
    })

  const letIn = (batch: StagedBatch, update: UpdateOfOperator, { audit }: NewPassword): Operator => {
    stageOperatorUpdate(batch, snapshot, update)
    // The event is recorded after the update, because its author may be the operator that the update adds.
    for (const record of audit(update.operator)) batch.record(record)
    return update.operator
  }

  return {
    all: () => snapshot.value.operators,
    find: (id) => snapshot.value.operators.find((operator) => operator.id === id),
    findByEmail: (email) => snapshot.value.operators.find((operator) => operator.email === email),
    findLink: (hash) => snapshot.value.links.find((link) => link.hash === hash),
    invite: (operator, link, audit) =>
      change(
        (state) => addOperator(state, operator, link),
        (batch, update) => {
          stageOperatorUpdate(batch, snapshot, update)
          batch.record(audit)
        },
      ),
    change: (requested, wanted, audit) =>
      change(
        (state) => editOperator(state, requested, wanted),
        (batch, update) => {
          // Records the audit event before the update, because the update may end the rights of the operator who makes
          // it.
          if (update.put !== undefined) {
            for (const record of audit(update.before, update.operator)) batch.record(record)
          }
          stageOperatorUpdate(batch, snapshot, update)
          return update.operator
        },
      ),
    remove: (requested, audit) =>
      change(
        (state) => removeOperator(state, requested),
        (batch, update) => {
          // The event is recorded before the update, because operators may remove themselves.
          batch.record(audit(update.operator))
          stageOperatorUpdate(batch, snapshot, update)
        },
      ),
    putLink: (link, audit) =>
      change(
        (state) => replaceLink(state, link),
        (batch, update) => {
          stageOperatorUpdate(batch, snapshot, update)
          batch.record(audit(update.operator))
          return update.operator
        },
      ),
    putFirstLink: (link, audit) =>
      change(
        (state) => replaceFirstLink(state, link),
        (batch, update) => {
          stageOperatorUpdate(batch, snapshot, update)
          for (const record of audit) batch.record(record)
        },
      ),
    createFirstOwner: (linkHash, owner, password) =>
      change(
        (state) => addFirstOwner(state, { linkHash, owner, password }, clock.now()),
        (batch, update) => letIn(batch, update, password),
      ),
    setPassword: (linkHash, password) =>
      change(
        (state) => setPassword(state, { linkHash, password }, clock.now()),
        (batch, update) => letIn(batch, update, password),
      ),
  }
}
