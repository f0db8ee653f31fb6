// Revokes a token at the request of the client to which it was issued (RFC 7009).
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ForeignTokenRefusal } from '../domain/refusal.ts'
import type { Slots } from '../ports/slots.ts'
import type { TokenSignatures } from '../ports/token-signatures.ts'
import {
  authenticateClient,
  type AuthenticateClientPorts,
  type ClientRefusal,
  type ClientRequest,
} from './authenticate-client.ts'

export interface RevokeTokenPorts extends AuthenticateClientPorts {
  readonly signatures: TokenSignatures
  readonly slots: Slots
}

/**
 * Returns true if a token ended. Returns false if the text is no valid token or the token has already ended. Both
 * results are a success (RFC 7009 §2.2). Throws `StoreUnavailable`.
 */
export async function revokeToken(
  ports: RevokeTokenPorts,
  request: ClientRequest & { readonly token: string },
): Promise<Result<boolean, ClientRefusal | ForeignTokenRefusal>> {
  const caller = await authenticateClient(ports, request)
  if (!caller.ok) return caller
  const { clientId } = caller.value.client
  const signed = ports.signatures.verify(request.token)
  if (!signed.ok) return accept(false)
  const { client_id: issuedTo, scope, jti } = signed.value
  if (issuedTo !== clientId) return refuse({ reason: 'token_of_another_client', clientId })
  return accept(await ports.slots.revoke(clientId, scope, jti))
}
