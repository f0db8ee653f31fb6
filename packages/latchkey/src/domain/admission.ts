// Decides whether an authenticated client may have a token of a scope. The server asks twice: when the request arrives,
// and when its batch closes.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isAddressWithin } from './address-ranges.ts'
import { isSecretValid } from './client-secret.ts'
import { type IntegrationState, slotOf } from './integration.ts'
import type { AuthenticationRefusal, IssueRefusal } from './refusal.ts'
import type { EpochSeconds, Slot } from './slot.ts'

/** The authenticated client, and the secret that authenticated it. */
export interface AuthenticatedClient {
  readonly clientId: string
  readonly secretId: string
}

/** The scope that an authenticated client requests, and the address that the request came from. */
export interface Admissible {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: { readonly address: string }
}

export function admit(
  state: IntegrationState | undefined,
  { client, scope, requester }: Admissible,
  now: EpochSeconds,
): Result<Slot, IssueRefusal> {
  const admitted = admitClient(state, { client, requester }, now)
  if (!admitted.ok) return admitted
  const slot = slotOf(admitted.value, scope)
  return slot?.open === true ? accept(slot) : refuse({ reason: 'scope_not_granted', clientId: client.clientId })
}

/** Checks again that the client is enabled, its secret valid and its address allowed. */
export function admitClient(
  state: IntegrationState | undefined,
  { client: { clientId, secretId }, requester }: Omit<Admissible, 'scope'>,
  now: EpochSeconds,
): Result<IntegrationState, AuthenticationRefusal> {
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId })
  if (!state.integration.enabled) return refuse({ reason: 'client_disabled', clientId })
  const secret = state.integration.secrets.find((candidate) => candidate.id === secretId)
  if (secret === undefined || !isSecretValid(secret, now)) return refuse({ reason: 'wrong_secret', clientId })
  if (!isAddressWithin(requester.address, state.integration.allowedAddresses)) {
    return refuse({ reason: 'address_not_allowed', clientId })
  }
  return accept(state)
}
