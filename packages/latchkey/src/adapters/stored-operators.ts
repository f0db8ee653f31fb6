// The operators port: all operators and their links in memory, changed through the commit queue.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isActiveOwner, losesLastOwner, type Operator } from '../domain/operator.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'
import type { LimitReached } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { VersionConflict } from '../ports/integrations.ts'
import type {
  AskedOperator,
  CodeUnusable,
  LastOwner,
  NewPassword,
  OperatorDisabled,
  OperatorExists,
  Operators,
  UnknownOperator,
} from '../ports/operators.ts'
import { linkInsert, sessionInsert } from '../rows/people-rows.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { type PeopleCell, StagedPeople } from '../state/people-cell.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

const MOST_OPERATORS = 200

export function storedOperators(cell: PeopleCell, queue: CommitQueue, clock: Clock): Operators {
  const change = <Value, Refusal>(act: (people: StagedPeople, batch: StagedBatch) => Result<Value, Refusal>) =>
    configure(queue, (batch) => act(new StagedPeople(batch, cell), batch))

  /** Uses up the link, sets the password, ends what was signed in with the one before. */
  const letIn = (people: StagedPeople, batch: StagedBatch, operator: Operator, password: NewPassword): Operator => {
    const session = { ...password.session, operatorId: operator.id }
    const after = { ...operator, passwordHash: password.hash, lastSignInAt: session.createdAt }
    people.putOperator(after)
    people.removeLinks((link) => link.operatorId === operator.id)
    people.removeSessions(({ operatorId, hash }) => operatorId === operator.id || hash === password.replaced)
    people.putSession(session, sessionInsert(session))
    for (const record of password.audit(after)) batch.record(record)
    return after
  }

  const usableLink = (people: StagedPeople, hash: string): SetUpLink | undefined =>
    people.people.links.find((link) => link.hash === hash && clock.now() < link.expiresAt)

  return {
    all: () => cell.value.operators,
    find: (id) => cell.value.operators.find((operator) => operator.id === id),
    findByEmail: (email) => cell.value.operators.find((operator) => operator.email === email),
    findLink: (hash) => cell.value.links.find((link) => link.hash === hash),
    invite: (operator, link, audit) =>
      change((people, batch): Result<void, OperatorExists | LimitReached> => {
        const { operators } = people.people
        if (operators.some(({ email }) => email === operator.email)) return refuse({ reason: 'operator_exists' })
        if (operators.length >= MOST_OPERATORS) return refuse({ reason: 'limit_reached', most: MOST_OPERATORS })
        people.putOperator(operator)
        people.putLink(link, linkInsert(link))
        batch.record(audit)
        return accept(undefined)
      }),
    change: (asked, wanted, audit) =>
      change((people, batch): Result<Operator, UnknownOperator | VersionConflict | LastOwner> => {
        const found = findAsked(people, asked)
        if (!found.ok) return found
        const before = found.value
        const after = { ...before, ...wanted, version: before.version + 1 }
        if (after.role === before.role && after.disabled === before.disabled) return accept(before)
        if (losesLastOwner(people.people.operators, instead(people, before, [after]))) {
          return refuse({ reason: 'last_owner' })
        }
        for (const record of audit(before, after)) batch.record(record)
        people.putOperator(after)
        if (after.disabled) {
          people.removeSessions(({ operatorId }) => operatorId === after.id)
          people.removeLinks(({ operatorId }) => operatorId === after.id)
        }
        return accept(after)
      }),
    remove: (asked, audit) =>
      change((people, batch): Result<void, UnknownOperator | VersionConflict | LastOwner> => {
        const found = findAsked(people, asked)
        if (!found.ok) return found
        const { id } = found.value
        if (losesLastOwner(people.people.operators, instead(people, found.value, []))) {
          return refuse({ reason: 'last_owner' })
        }
        batch.record(audit(found.value))
        people.removeSessions(({ operatorId }) => operatorId === id)
        people.removeLinks(({ operatorId }) => operatorId === id)
        people.removeOperator(id)
        return accept(undefined)
      }),
    putLink: (link, audit) =>
      change((people, batch): Result<Operator, UnknownOperator | OperatorDisabled> => {
        const operator = people.find(link.operatorId)
        if (operator === undefined) return refuse({ reason: 'unknown_operator' })
        if (operator.disabled) return refuse({ reason: 'operator_disabled' })
        people.removeLinks(({ operatorId }) => operatorId === operator.id)
        people.putLink(link, linkInsert(link))
        batch.record(audit(operator))
        return accept(operator)
      }),
    putFirstLink: (link, audit) =>
      change((people, batch) => {
        if (people.people.operators.some(isActiveOwner)) return refuse({ reason: 'owner_exists' })
        people.removeLinks(({ operatorId }) => operatorId === undefined)
        people.putLink(link, linkInsert(link))
        for (const record of audit) batch.record(record)
        return accept(undefined)
      }),
    createFirstOwner: (linkHash, owner, password) =>
      change((people, batch): Result<Operator, CodeUnusable | OperatorExists> => {
        const link = usableLink(people, linkHash)
        const { operators } = people.people
        if (link === undefined || link.operatorId !== undefined || operators.some(isActiveOwner)) {
          return refuse({ reason: 'code_unusable' })
        }
        const invited = operators.find(({ email }) => email === owner.email)
        if (invited !== undefined && invited.id !== owner.id) return refuse({ reason: 'operator_exists' })
        people.removeLinks(({ operatorId }) => operatorId === undefined)
        const becomes = invited && { ...invited, role: owner.role, disabled: false, version: invited.version + 1 }
        return accept(letIn(people, batch, becomes ?? owner, password))
      }),
    setPassword: (linkHash, password) =>
      change((people, batch): Result<Operator, CodeUnusable> => {
        const link = usableLink(people, linkHash)
        const operator = link?.operatorId === undefined ? undefined : people.find(link.operatorId)
        if (operator === undefined || operator.disabled) return refuse({ reason: 'code_unusable' })
        if (operator.role === 'owner') people.removeLinks(({ operatorId }) => operatorId === undefined)
        return accept(letIn(people, batch, { ...operator, version: operator.version + 1 }, password))
      }),
  }
}

function findAsked(
  people: StagedPeople,
  { id, version }: AskedOperator,
): Result<Operator, UnknownOperator | VersionConflict> {
  const operator = people.find(id)
  if (operator === undefined) return refuse({ reason: 'unknown_operator' })
  if (version !== undefined && version !== operator.version) {
    return refuse({ reason: 'version_conflict', version: operator.version })
  }
  return accept(operator)
}

const instead = (people: StagedPeople, of: Operator, others: readonly Operator[]): readonly Operator[] => [
  ...people.people.operators.filter((operator) => operator !== of),
  ...others,
]
