// The audit records of created and changed scopes and APIs.
import { type Actor, type AuditRecord, changedMembers } from '../domain/audit-event.ts'
import { apiTarget, auditedApi, auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ChangedApi } from '../domain/api-change.ts'
import type { ApiRecord, ScopeRecord } from '../domain/catalog.ts'
import type { ChangedScope } from '../domain/scope-change.ts'

type Records = readonly AuditRecord[]

export const scopeCreated =
  (actor: Actor) =>
  (made: ScopeRecord): Records => [
    { event: 'scope.created', actor, target: scopeTarget(made.name), before: {}, after: auditedScope(made) },
  ]

export const scopeChanged =
  (actor: Actor) =>
  ({ before, after, endedTokens }: ChangedScope): Records => {
    const isMoved = after.audience !== before.audience
    const members = changedMembers(auditedScope(before), auditedScope(after))
    const event = isMoved ? 'scope.audience_changed' : 'scope.updated'
    const ended = isMoved ? { ended_tokens: endedTokens } : {}
    return [{ event, actor, target: scopeTarget(after.name), ...members, after: { ...members.after, ...ended } }]
  }

export const apiCreated = (actor: Actor, api: ApiRecord): Records => [
  { event: 'api.created', actor, target: apiTarget(api), before: {}, after: auditedApi(api) },
]

export const apiChanged =
  (actor: Actor) =>
  ({ before, after }: ChangedApi): Records => [
    { event: 'api.updated', actor, target: apiTarget(after), ...changedMembers(auditedApi(before), auditedApi(after)) },
  ]
