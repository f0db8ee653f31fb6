// The role that each route of the admin listener needs. A route without a rule cannot be added.
import type { AdminRole } from '../../../domain/admin-role.ts'

export interface RouteRule {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  /** `anyone` if the route needs no key. Otherwise the lowest role that may use the route. */
  readonly allows: 'anyone' | AdminRole
  /** True if operators may also use the route on themselves: `:id` is then their own id. */
  readonly orSelf?: true
}

/** The rules of all routes. The open routes reveal no content of the store. */
export const ROUTE_RULES: readonly RouteRule[] = [
  { method: 'GET', url: '/', allows: 'anyone' },
  { method: 'GET', url: '/livez', allows: 'anyone' },
  { method: 'GET', url: '/readyz', allows: 'anyone' },
  { method: 'GET', url: '/version', allows: 'anyone' },
  { method: 'GET', url: '/problems', allows: 'anyone' },
  { method: 'GET', url: '/docs', allows: 'anyone' },
  { method: 'GET', url: '/docs/*', allows: 'anyone' },
  { method: 'GET', url: '/admin/v1/openapi.json', allows: 'anyone' },
  ...['/models', '/platform', '/activity', '/settings'].flatMap((area): RouteRule[] => [
    { method: 'GET', url: area, allows: 'anyone' },
    { method: 'GET', url: `${area}/*`, allows: 'anyone' },
  ]),
  { method: 'GET', url: '/set-up', allows: 'anyone' },
  { method: 'GET', url: '/sign-in', allows: 'anyone' },
  { method: 'GET', url: '/assets/*', allows: 'anyone' },
  { method: 'GET', url: '/admin/v1/setup', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/session', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/setup', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/setup/check', allows: 'anyone' },
  { method: 'GET', url: '/metrics', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/server', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/configuration', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/backup', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/integrations', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/integrations/:id', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/disable', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/enable', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/rotate-secret', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/secrets', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations/:id/secrets/:secret/end', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/secrets/:secret/reveal', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/credentials', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations/:id/credentials', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/credentials/:credential/end', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/tokens', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id/tokens', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/activity', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/tokens', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/tokens/verify', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/scopes', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/scopes', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/scopes/:name', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/scopes/:name', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/scopes/:name', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/apis', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/apis', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/apis/:id', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/apis/:id', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/apis/:id', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/issuers', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/issuers', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/issuers/:id', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/issuers/:id', allows: 'owner' },
  { method: 'DELETE', url: '/admin/v1/issuers/:id', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/issuers/:id/integrations', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/issuers/:id/refresh', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/trust/test', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/keys', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/keys/rotate', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/keys/:kid/revoke', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/admin-keys', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/admin-keys', allows: 'owner' },
  { method: 'DELETE', url: '/admin/v1/admin-keys/:id', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/session', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/session', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/sessions', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/setup-links', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/operators', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators/:id', allows: 'owner', orSelf: true },
  { method: 'PATCH', url: '/admin/v1/operators/:id', allows: 'owner' },
  { method: 'DELETE', url: '/admin/v1/operators/:id', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/operators/:id/reset', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators/:id/sessions', allows: 'owner', orSelf: true },
  { method: 'DELETE', url: '/admin/v1/operators/:id/sessions/:session', allows: 'owner', orSelf: true },
  { method: 'GET', url: '/admin/v1/audit', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/audit/verify', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/audit/export', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/overview', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/events', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/apply', allows: 'editor' },
]

/**
 * Returns the rule of a route. HEAD has the rule of GET. Throws for a route without a rule, so that the start fails.
 */
export function ruleFor(method: string, url: string, rules: readonly RouteRule[] = ROUTE_RULES): RouteRule {
  const requested = method === 'HEAD' ? 'GET' : method
  const rule = rules.find((candidate) => candidate.method === requested && candidate.url === url)
  if (rule === undefined)
    throw new Error(
      `no access rule exists for ${method} ${url}: add a line to ROUTE_RULES in http/admin/access/route-rules.ts`,
    )
  return rule
}
