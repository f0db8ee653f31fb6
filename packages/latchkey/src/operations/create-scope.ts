// Creates a scope: integrations can be allowed it from then on.
import { accept, isScope, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { LimitReached, ScopeExists } from '../ports/catalog.ts'
import { findScope, type ScopePorts, type ScopeSummary } from './list-scopes.ts'
import { checkScopeFields, type ScopeFieldRefusal } from './scope-request.ts'

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
  if (!isScope(name) || NO_PATHS.includes(name)) return refuse({ reason: 'scope_name_unusable' })
  const checked = checkScopeFields({ audience, description })
  if (!checked.ok) return checked
  const created = await ports.catalogAdministration.createScope({ name, audience, description }, (made) => [
    { event: 'scope.created', actor: by, target: scopeTarget(name), before: {}, after: auditedScope(made) },
  ])
  if (!created.ok) return created
  const found = findScope(ports, name)
  // Deleted by somebody else in the same moment: it was created all the same.
  return found.ok ? found : accept({ ...created.value, integrations: 0, liveTokens: 0, apis: [] })
}

// RFC 3986 §5.2.4: these vanish from a URL, so that nothing could ever be asked about such a scope.
const NO_PATHS: readonly string[] = ['.', '..']
