// The name of the target of an entry. It is a link to the page of the target, unless the entry records its deletion.
import type { AuditEvent } from 'latchkey/admin-api'
import { RouterLink } from '../../components/router-link.tsx'

export function AuditTarget({ event }: { readonly event: Pick<AuditEvent, 'event' | 'target'> }) {
  const { kind, id, name } = event.target
  if (/\.(?:deleted|removed)$/.test(event.event)) return name
  if (kind === 'integration') {
    return (
      <RouterLink to="/models/integrations/$id/{-$tab}" params={{ id, tab: undefined }} size="sm">
        {name}
      </RouterLink>
    )
  }
  const to = Object.hasOwn(PAGES, kind) ? PAGES[kind] : undefined
  return to === undefined ? (
    name
  ) : (
    <RouterLink to={to} size="sm">
      {name}
    </RouterLink>
  )
}

type TargetPage =
  '/platform/scopes-and-apis' | '/platform/signing-keys' | '/settings/operators' | '/settings/admin-keys'

/** The page for each kind of target. */
const PAGES: Readonly<Record<string, TargetPage>> = {
  scope: '/platform/scopes-and-apis',
  api: '/platform/scopes-and-apis',
  signing_key: '/platform/signing-keys',
  operator: '/settings/operators',
  admin_key: '/settings/admin-keys',
}
