// Decides whether an authenticated client may have a token of a scope. The server asks twice: when the request arrives,
// and when its batch closes.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isAddressWithin } from './address-ranges.ts'
import { isSecretValid } from './client-secret.ts'
import { isCredentialValid } from './credential.ts'
import { type IntegrationState, slotOf } from './integration.ts'
import type { AuthenticationRefusal, IssueRefusal } from './refusal.ts'
import type { PresentedUse } from './replay-window.ts'
import type { EpochSeconds, Slot } from './slot.ts'

/** The authenticated client, and the credential that authenticated it. */
export interface AuthenticatedClient {
  readonly clientId: string
  /** A client secret (`sec_…`), a client key (`key_…`) or a trust rule (`tru_…`). */
  readonly credentialId: string
  /** The trusted issuer of a trust rule. The commit checks again that the issuer is enabled. */
  readonly issuerId?: string
  /** Whom the platform's assertion proves: at most 120 characters of printable ASCII. */
  readonly subject?: string
  /** The use of an assertion that proves the client once only. Undefined for secrets and reusable assertions. */
  readonly use?: PresentedUse
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

/** Checks again that the client is enabled, its credential valid and its address allowed. */
export function admitClient(
  state: IntegrationState | undefined,
  { client: { clientId, credentialId }, requester }: Omit<Admissible, 'scope'>,
  now: EpochSeconds,
): Result<IntegrationState, AuthenticationRefusal> {
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId })
  const { enabled, secrets, credentials, allowedAddresses } = state.integration
  if (!enabled) return refuse({ reason: 'client_disabled', clientId })
  const secret = secrets.find(({ id }) => id === credentialId)
  const credential = secret === undefined ? credentials.find(({ id }) => id === credentialId) : undefined
  if (credential !== undefined) {
    if (!isCredentialValid(credential, now)) return refuse({ reason: 'credential_ended', clientId })
  } else if (secret === undefined || !isSecretValid(secret, now)) return refuse({ reason: 'wrong_secret', clientId })
  if (!isAddressWithin(requester.address, allowedAddresses)) return refuse({ reason: 'address_not_allowed', clientId })
  return accept(state)
}
