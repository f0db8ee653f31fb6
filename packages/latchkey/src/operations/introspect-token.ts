// Introspects a token for an authenticated client (RFC 7662).
import { accept, type AccessTokenClaims, type Result } from '@latchkey/protocol'
import {
  authenticateClient,
  type AuthenticateClientPorts,
  type ClientRefusal,
  type ClientRequest,
} from './authenticate-client.ts'
import { verifyToken, type VerifyTokenPorts } from './verify-token.ts'

export type IntrospectTokenPorts = AuthenticateClientPorts & VerifyTokenPorts

/**
 * Returns the claims of the token if the token is live and the caller may see it: the token was issued to the caller,
 * or the caller has the resource-server right for its scope. Undefined for every other text. The caller does not learn
 * the reason (RFC 7662 §4). Throws `StoreUnavailable`.
 */
export async function introspectToken(
  ports: IntrospectTokenPorts,
  request: ClientRequest & { readonly token: string },
): Promise<Result<AccessTokenClaims | undefined, ClientRefusal>> {
  const caller = await authenticateClient(ports, request)
  if (!caller.ok) return caller
  const verdict = await verifyToken(ports, request.token)
  if (!verdict.ok) return accept(undefined)
  const { clientId, resourceServerFor } = caller.value.state.integration
  const isCallersBusiness = verdict.value.client_id === clientId || resourceServerFor.includes(verdict.value.scope)
  return accept(isCallersBusiness ? verdict.value : undefined)
}
