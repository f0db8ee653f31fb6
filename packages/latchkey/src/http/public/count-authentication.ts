// Counts the requests whose client is authenticated.
import type { Result } from '@latchkey/protocol'
import type { ClientIdNeeded, ForeignTokenRefusal, GrantRefusal, NothingToFollow } from '../../domain/refusal.ts'
import type { Activity, AuthenticationMethod } from '../../ports/activity.ts'

type RefusedLater = (ClientIdNeeded | GrantRefusal | ForeignTokenRefusal | NothingToFollow)['reason']

/** The refusals that come after the client is authenticated. A new reason does not compile until it is in this list. */
const AUTHENTICATED: Readonly<Record<RefusedLater, true>> = {
  grant_type_missing: true,
  grant_type_unsupported: true,
  scope_missing: true,
  scope_several: true,
  scope_malformed: true,
  replaces_malformed: true,
  scope_unknown: true,
  scope_not_granted: true,
  client_id_needed: true,
  token_of_another_client: true,
  no_resource_server_right: true,
}

export function countAuthentication(
  activity: Activity,
  method: AuthenticationMethod,
  outcome: Result<unknown, { readonly reason: string }>,
): void {
  if (outcome.ok || outcome.refusal.reason in AUTHENTICATED) activity.authenticated(method)
}
