// Tells an authenticated client what a token is worth (RFC 7662), if that is its business.
import { accept, type AccessTokenClaims, type Result } from '@latchkey/protocol'
import type { AuthenticationRefusal, ThrottledRefusal } from '../domain/refusal.ts'
import { authenticateClient, type AuthenticateClientPorts, type ClientRequest } from './authenticate-client.ts'
import { verifyToken, type VerifyTokenPorts } from './verify-token.ts'

export type IntrospectTokenPorts = AuthenticateClientPorts & VerifyTokenPorts

/**
 * The claims of a live token that is the caller's own or of a scope for which it holds the resource-server right;
 * undefined for every other text (RFC 7662 §4: no hint why). Throws `StoreUnavailable`.
 */
export async function introspectToken(
  ports: IntrospectTokenPorts,
  request: ClientRequest & { readonly token: string },
): Promise<Result<AccessTokenClaims | undefined, AuthenticationRefusal | ThrottledRefusal>> {
  const caller = await authenticateClient(ports, request)
  if (!caller.ok) return caller
  const verdict = await verifyToken(ports, request.token)
  if (!verdict.ok) return accept(undefined)
  const { clientId, resourceServerFor } = caller.value.state.integration
  const isCallersBusiness = verdict.value.client_id === clientId || resourceServerFor.includes(verdict.value.scope)
  return accept(isCallersBusiness ? verdict.value : undefined)
}
