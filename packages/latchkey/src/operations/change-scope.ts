// Changes what a scope is described as and whom its tokens are for. Another audience ends its live tokens.
import { accept, type Result } from '@latchkey/protocol'
import { type Actor, changedMembers } from '../domain/audit-event.ts'
import { auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ScopeUnknown } from '../ports/catalog.ts'
import type { VersionConflict } from '../ports/integrations.ts'
import { type ScopePorts, type ScopeSummary, summaries } from './list-scopes.ts'
import { checkScopeFields, type ScopeFieldRefusal, type ScopeFields } from './scope-request.ts'

export interface ChangedScopeSummary extends ScopeSummary {
  readonly endedTokens: number
}

/** Throws `StoreUnavailable`. */
export async function changeScope(
  ports: ScopePorts,
  by: Actor,
  { name, version }: { readonly name: string; readonly version: number | undefined },
  fields: ScopeFields,
): Promise<Result<ChangedScopeSummary, ScopeFieldRefusal | ScopeUnknown | VersionConflict>> {
  const checked = checkScopeFields(fields)
  if (!checked.ok) return checked
  const changed = await ports.catalogAdministration.changeScope(name, fields, {
    version,
    audit: ({ before, after, endedTokens }) => {
      const isMoved = after.audience !== before.audience
      const members = changedMembers(auditedScope(before), auditedScope(after))
      const event = isMoved ? 'scope.audience_changed' : 'scope.updated'
      const ended = isMoved ? { ended_tokens: endedTokens } : {}
      return [{ event, actor: by, target: scopeTarget(after.name), ...members, after: { ...members.after, ...ended } }]
    },
  })
  if (!changed.ok) return changed
  const { after, endedTokens } = changed.value
  return accept({ ...(summaries(ports, [after])[0] as ScopeSummary), endedTokens })
}
