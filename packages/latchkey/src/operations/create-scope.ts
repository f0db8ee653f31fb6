// Creates a scope: integrations can be allowed it from then on.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { ScopeExists } from '../domain/scope-change.ts'
import { scopeCreated } from './catalog-records.ts'
import { findScope, type ScopePorts, type ScopeSummary } from './list-scopes.ts'
import { checkScopeFields, isScopeName, type ScopeFieldRefusal } from './scope-request.ts'

export interface ScopeRequest {
  readonly name: string
  /** Null: the server's audience, whatever that is. */
  readonly audience: string | null
  readonly description: string
}

export type CreateScopeRefusal =
  { readonly reason: 'scope_name_unusable' } | ScopeFieldRefusal | ScopeExists | LimitReached

/** Whoever had a scope of this name before it was deleted gets nothing back. Throws `StoreUnavailable`. */
export async function createScope(
  ports: ScopePorts,
  by: Actor,
  { name, audience, description }: ScopeRequest,
): Promise<Result<ScopeSummary, CreateScopeRefusal>> {
  if (!isScopeName(name)) return refuse({ reason: 'scope_name_unusable' })
  const checked = checkScopeFields({ audience, description })
  if (!checked.ok) return checked
  const created = await ports.catalogAdministration.createScope({ name, audience, description }, scopeCreated(by))
  if (!created.ok) return created
  const found = findScope(ports, name)
  // Deleted by somebody else in the same moment: it was created all the same.
  return found.ok ? found : accept({ ...created.value, integrations: 0, liveTokens: 0, apis: [] })
}
