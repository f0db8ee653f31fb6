// May this authenticated client have a token of this scope now? Asked when a request arrives and again when its batch closes.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isAddressWithin } from './address-ranges.ts'
import { isSecretValid } from './client-secret.ts'
import { type IntegrationState, slotOf } from './integration.ts'
import type { AuthenticationRefusal, IssueRefusal } from './refusal.ts'
import type { EpochSeconds, Slot } from './slot.ts'

/** Who was authenticated, by which of the integration's secrets. */
export interface AuthenticatedClient {
  readonly clientId: string
  readonly secretId: string
}

/** What an authenticated client asks for, and from where. */
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

/** Is a client that was authenticated still who it was, whatever it asks for? */
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
