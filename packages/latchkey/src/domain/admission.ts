// Decides whether an authenticated client may get a token of a scope. The server decides twice: when the request
// arrives, and when the batch with the new token is about to be committed.
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
  /**
   * The trusted issuer of the trust rule. Undefined for other credentials. The commit checks again that the issuer is
   * enabled.
   */
  readonly issuerId?: string
  /**
   * The workload that the platform's assertion names, as at most 120 characters of printable ASCII. Undefined for other
   * credentials.
   */
  readonly subject?: string
  /** The use of an assertion that the server accepts only once. Undefined for secrets and reusable assertions. */
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

/**
 * Checks that the integration is enabled, that the credential is still valid, and that the integration allows the
 * address of the request.
 */
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
