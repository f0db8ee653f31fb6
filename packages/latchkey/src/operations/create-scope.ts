// Creates a scope that integrations can then be granted.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { ScopeExists } from '../domain/scope-change.ts'
import { scopeCreated } from './catalog-records.ts'
import { findScope, type ScopePorts, type ScopeSummary } from './list-scopes.ts'
import { checkScopeFields, isScopeName, type ScopeFieldRefusal } from './scope-request.ts'

export interface ScopeRequest {
  readonly name: string
  /** The audience of the scope. Null stands for the server's default audience. */
  readonly audience: string | null
  readonly description: string
}

export type CreateScopeRefusal =
  { readonly reason: 'scope_name_unusable' } | ScopeFieldRefusal | ScopeExists | LimitReached

/**
 * Creates a scope. If a deleted scope had the same name, the integrations with a grant of that scope do not get the
 * grant back. Throws `StoreUnavailable`.
 */
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
  // The scope is missing only if another caller deleted it directly after its creation. The creation itself was
  // successful.
  return found.ok ? found : accept({ ...created.value, integrations: 0, liveTokens: 0, apis: [] })
}
