// Authenticates a client by its secret (RFC 6749 §2.3.1) or by an assertion (RFC 7523 §2.2). Also checks that the
// integration allows the address of the request.
import { accept, type ClientCredentials, refuse, type Result } from '@latchkey/protocol'
import { isAddressWithin, STAND_IN_RANGES } from '../domain/address-ranges.ts'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { isSecretValid } from '../domain/client-secret.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type {
  AuthenticationRefusal,
  ClientIdNeeded,
  FailedAuthentication,
  IssueRefusal,
  ThrottledRefusal,
  UndecidedAssertion,
} from '../domain/refusal.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { AssertionUses } from '../ports/assertion-uses.ts'
import type { Clock } from '../ports/clock.ts'
import type { FailedAuthentications } from '../ports/failed-authentications.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { Requester } from '../ports/slots.ts'
import {
  type AssertionRequest,
  authenticateByAssertion,
  type AuthenticateAssertionPorts,
  claimsProblem,
} from './authenticate-assertion.ts'
import {
  type AuthenticatePlatformPorts,
  findProvenClient,
  type PlatformRequest,
  proveSubject,
} from './authenticate-platform.ts'

export interface AuthenticateSecretPorts {
  readonly integrations: Integrations
  readonly vault: SecretVault
  readonly clock: Clock
  readonly failures: FailedAuthentications
  /** Records the last successful use of a credential. */
  readonly secrets: Pick<Secrets, 'noteUse'>
}

export interface AuthenticateClientPorts
  extends AuthenticateSecretPorts, AuthenticateAssertionPorts, AuthenticatePlatformPorts {
  readonly integrations: Integrations
  readonly assertionSignatures: AssertionSignatures
  readonly assertionUses: AssertionUses
}

/** The credentials of a request, and the address from which the request came. */
export interface ClientRequest {
  readonly credentials: ClientCredentials | AssertionRequest['credentials'] | PlatformRequest['credentials']
  readonly requester: Requester
}

export interface SecretRequest extends ClientRequest {
  readonly credentials: ClientCredentials
}

export interface AuthenticatedIntegration {
  readonly client: AuthenticatedClient
  readonly state: IntegrationState
}

export type ClientRefusal = AuthenticationRefusal | ThrottledRefusal | UndecidedAssertion | ClientIdNeeded

/**
 * Authenticates a client. After too many failures, the refusal asks the caller to wait. A request with valid
 * credentials is never throttled, so that an attacker cannot lock a client out. When the promise resolves, the use of
 * an assertion is durable. Throws `StoreUnavailable`.
 */
export async function authenticateClient(
  ports: AuthenticateClientPorts,
  request: ClientRequest,
): Promise<Result<AuthenticatedIntegration, ClientRefusal>> {
  const { credentials, requester } = request
  if ('assertion' in credentials) return authenticateOnce(ports, { credentials, requester })
  if ('platform' in credentials) return authenticateByPlatform(ports, { credentials, requester })
  const state = await ports.integrations.find(credentials.clientId)
  const outcome = authenticateAs(state, ports, { credentials, requester })
  return outcome.ok ? outcome : refuse(countFailure(ports, request, outcome.refusal))
}

/** Authenticates a client by an assertion that the client signed, and records the use of the assertion. */
async function authenticateOnce(
  ports: AuthenticateClientPorts,
  request: AssertionRequest,
): Promise<Result<AuthenticatedIntegration, ClientRefusal>> {
  const { integrations, assertionUses } = ports
  const problem = claimsProblem(ports, request.credentials)
  if (problem !== undefined) return refuse(countFailure(ports, request, problem))
  const state = await integrations.find(request.credentials.clientId)
  const proven = await authenticateByAssertion(state, ports, request)
  if (!proven.ok)
    return refuse(isUndecided(proven.refusal) ? proven.refusal : countFailure(ports, request, proven.refusal))
  const recorded = await assertionUses.record(proven.value.client, request.requester)
  return recorded.ok ? proven : refuse(countReplay(ports, request, recorded.refusal))
}

/**
 * Authenticates a client by an assertion of its platform. Records the use of the assertion if the trust rule allows
 * only one use.
 */
async function authenticateByPlatform(
  ports: AuthenticateClientPorts,
  request: PlatformRequest,
): Promise<Result<AuthenticatedIntegration, ClientRefusal>> {
  const subject = await proveSubject(ports, request)
  const proven = subject.ok ? await findProvenClient(ports, request, subject.value) : subject
  if (!proven.ok)
    return refuse(isFailure(proven.refusal) ? countFailure(ports, request, proven.refusal) : proven.refusal)
  if (proven.value.client.use === undefined) return proven
  const recorded = await ports.assertionUses.record(proven.value.client, request.requester)
  return recorded.ok ? proven : refuse(countReplay(ports, request, recorded.refusal))
}

/**
 * Returns true if the refusal counts as a failed authentication. Returns false if the server could not decide, or if
 * the client did authenticate but must also send `client_id`.
 */
export const isFailure = (
  refusal: FailedAuthentication | UndecidedAssertion | ClientIdNeeded,
): refusal is FailedAuthentication => refusal.reason !== 'client_id_needed' && !isUndecided(refusal)

/**
 * Returns true if the server could not decide about the assertion, so that the refusal does not count as a failed
 * authentication.
 */
export const isUndecided = (refusal: FailedAuthentication | UndecidedAssertion): refusal is UndecidedAssertion =>
  refusal.reason === 'assertion_state_unknown' ||
  refusal.reason === 'replay_window_crowded' ||
  refusal.reason === 'verifications_full' ||
  refusal.reason === 'key_source_unavailable'

/**
 * Counts a failed authentication. Returns `refusal`, or after too many failures a refusal that asks the caller to wait.
 */
export function countFailure(
  { failures }: Pick<AuthenticateSecretPorts, 'failures'>,
  { requester }: ClientRequest,
  refusal: FailedAuthentication,
): FailedAuthentication | ThrottledRefusal {
  const { clientId, reason } = refusal
  const throttling = failures.count(requester.address, clientId)
  return throttling === undefined ? refusal : { reason: 'too_many_failures', clientId, failure: reason, ...throttling }
}

/**
 * Counts the refusal of a commit as a failed authentication if the assertion was replayed. Every other refusal of a
 * commit is not counted: either the client did authenticate and lost the right to a token while the request waited, or
 * the server could not decide.
 */
export const countReplay = <Refusal extends IssueRefusal>(
  ports: Pick<AuthenticateSecretPorts, 'failures'>,
  request: ClientRequest,
  refusal: Refusal,
): Refusal | FailedAuthentication | ThrottledRefusal =>
  refusal.reason === 'assertion_replayed' ? countFailure(ports, request, refusal) : refusal

/**
 * Authenticates a client against `state`. Every refusal takes the same work, so that its duration reveals nothing.
 * Compares the address with the integration's ranges only after a valid secret, and otherwise with a placeholder range.
 *
 * The client ID in the result is the string of the store, unless the client is unknown. V8 may represent the string of
 * the request as a slice of the request text, which contains the secret, and would keep that text in memory.
 */
export function authenticateAs(
  state: IntegrationState | undefined,
  { vault, clock, secrets }: AuthenticateSecretPorts,
  { credentials: { clientId: claimedId, clientSecret }, requester }: SecretRequest,
): Result<AuthenticatedIntegration, FailedAuthentication> {
  const now = clock.now()
  const candidates = state?.integration.secrets.filter((secret) => isSecretValid(secret, now)) ?? []
  const match = vault.matches(
    clientSecret,
    candidates.map((secret) => secret.hash),
  )
  const secret = candidates[match]
  const isRight = secret !== undefined && state?.integration.enabled === true
  const isAddressAllowed = isAddressWithin(
    requester.address,
    isRight ? state.integration.allowedAddresses : STAND_IN_RANGES,
  )
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId: claimedId })
  const { clientId } = state.integration
  if (secret === undefined) return refuse({ reason: 'wrong_secret', clientId })
  if (!state.integration.enabled) return refuse({ reason: 'client_disabled', clientId })
  if (!isAddressAllowed) return refuse({ reason: 'address_not_allowed', clientId })
  secrets.noteUse({ clientId, secretId: secret.id, at: now, ...requester })
  return accept({ client: { clientId, credentialId: secret.id }, state })
}
