// The members of scopes and APIs that the audit trail records.
import type { Scope } from '@latchkey/protocol'
import type { AuditTarget, JsonObject } from './audit-event.ts'

export const auditedScope = (scope: { readonly audience: string; readonly description: string }): JsonObject => ({
  audience: scope.audience,
  description: scope.description,
})

export const scopeTarget = (name: Scope): AuditTarget => ({ kind: 'scope', id: name, name })

interface AuditedApi {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly description: string
  readonly routes: readonly string[]
}

export const auditedApi = ({ name, scope, description, routes }: AuditedApi): JsonObject => ({
  name,
  scope,
  description,
  routes,
})

export const apiTarget = ({ id, name }: Pick<AuditedApi, 'id' | 'name'>): AuditTarget => ({ kind: 'api', id, name })
