// Authenticates a client by an assertion that it signed with its own key (RFC 7523 §2.2 and §3).
import { accept, type OwnAssertion, refuse, type Result } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { isAddressWithin, STAND_IN_RANGES } from '../domain/address-ranges.ts'
import { isWithinLifetime, signedFrom, timeProblem } from '../domain/assertion-times.ts'
import {
  type ClientKey,
  isCredentialValid,
  isKey,
  isKeySource,
  USUAL_ASSERTION_LIFETIME,
} from '../domain/credential.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { AssertionShape, FailedAuthentication, UndecidedAssertion } from '../domain/refusal.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { ClientKeySources } from '../ports/client-key-sources.ts'
import type { Clock } from '../ports/clock.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { Requester } from '../ports/slots.ts'

export interface AuthenticateAssertionPorts {
  /** The issuer identifier of this server. An assertion must have it as its only audience. */
  readonly issuer: string
  readonly assertionSignatures: AssertionSignatures
  readonly clientKeySources: Pick<ClientKeySources, 'find'>
  readonly clock: Clock
  readonly secrets: Pick<Secrets, 'noteUse'>
}

export interface AssertionRequest {
  readonly credentials: { readonly clientId: string; readonly assertion: OwnAssertion }
  readonly requester: Requester
}

export interface ProvenClient {
  readonly client: AuthenticatedClient
  readonly state: IntegrationState
}

/**
 * Returns the refusal if the audience or the validity period of the assertion is wrong. Otherwise undefined. These
 * checks do not depend on the integration.
 */
export function claimsProblem(
  { issuer, clock }: Pick<AuthenticateAssertionPorts, 'issuer' | 'clock'>,
  { clientId, assertion }: AssertionRequest['credentials'],
): FailedAuthentication | undefined {
  if (assertion.audience !== issuer) return { reason: 'assertion_audience', clientId, issuer }
  const reason = timeProblem(assertion, clock.now())
  return reason && { reason, clientId }
}

/**
 * Authenticates the client against `state`. Checks the signature before all properties of the integration, with the
 * same work in every case, so that the duration does not reveal which clients exist.
 *
 * The caller must record `client.use` of the result in the commit of the request, so that the assertion cannot be used
 * again.
 */
export async function authenticateByAssertion(
  state: IntegrationState | undefined,
  { assertionSignatures, clientKeySources, clock, secrets }: AuthenticateAssertionPorts,
  { credentials: { clientId: claimedId, assertion }, requester }: AssertionRequest,
): Promise<Result<ProvenClient, FailedAuthentication | UndecidedAssertion>> {
  const fetched = await fetchedKeys(state, { clientKeySources, clock }, assertion)
  if (!fetched.ok) return refuse({ reason: 'key_source_unavailable', clientId: claimedId, ...fetched.refusal })
  const named = state === undefined ? [] : [...keysNamed(state, assertion), ...fetched.value]
  const valid = named.filter((key) => isCredentialValid(key, clock.now()))
  const signer = await assertionSignatures.verify(assertion, valid, requester.address)
  if (signer === 'full') return refuse({ reason: 'verifications_full', clientId: claimedId, retryAfterSeconds: 1 })
  // Compares the address in every case, with a placeholder range if necessary. Otherwise the duration of a refusal
  // would show that the client exists and has address ranges.
  const isRight = signer !== undefined && state?.integration.enabled === true
  const isAllowed = isAddressWithin(requester.address, isRight ? state.integration.allowedAddresses : STAND_IN_RANGES)
  const shape = { assertion: shapeOf(assertion) }
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId: claimedId, ...shape })
  const { clientId, enabled } = state.integration
  const now = clock.now()
  if (signer === undefined) return refuse({ reason: unsignedReason(named, valid), clientId, ...shape })
  const failed = { clientId, ...shape, proof: { credentialId: signer.id } }
  if (!isCredentialValid(signer, now)) return refuse({ reason: 'credential_ended', ...failed })
  if (!isWithinLifetime(assertion, signer.maxLifetimeSeconds, now)) {
    return refuse({ reason: 'assertion_lifetime', ...failed })
  }
  if (!enabled) return refuse({ reason: 'client_disabled', ...failed })
  if (!isAllowed) return refuse({ reason: 'address_not_allowed', ...failed })
  secrets.noteUse({ clientId, secretId: signer.id, at: now, ...requester })
  const use = {
    hash: assertionSignatures.hashOf(assertion.jti),
    exp: assertion.expiresAt,
    signedAt: signedFrom(assertion, signer.maxLifetimeSeconds),
  }
  return accept({ client: { clientId, credentialId: signer.id, use }, state })
}

/**
 * Returns the keys with the `kid` of the header, or (if the header has no `kid`) with its algorithm. Ended keys are
 * included.
 */
const keysNamed = ({ integration }: IntegrationState, { kid, alg }: OwnAssertion): readonly ClientKey[] =>
  integration.credentials.filter(isKey).filter((key) => (kid === undefined ? key.alg === alg : key.kid === kid))

/**
 * Returns the keys of the integration's `jwks_uri` that the header names. Refuses if the server has no usable keys of
 * that URL, because it could not fetch them.
 */
async function fetchedKeys(
  state: IntegrationState | undefined,
  { clientKeySources, clock }: Pick<AuthenticateAssertionPorts, 'clientKeySources' | 'clock'>,
  { kid, alg }: OwnAssertion,
): Promise<Result<readonly ClientKey[], { readonly retryAfterSeconds: number }>> {
  const sources = state?.integration.credentials.filter(isKeySource) ?? []
  const source = sources.find((one) => isCredentialValid(one, clock.now()))
  if (source === undefined) return accept([])
  const found = await clientKeySources.find(source, { kid, alg })
  if (found.outcome === 'unavailable') return refuse({ retryAfterSeconds: found.retryAfterSeconds })
  if (found.outcome === 'unknown_key') return accept([])
  const { id, maxLifetimeSeconds, endsAt } = source
  return accept(
    found.keys.map(({ kid: published = '', jwk }) => {
      return { kind: 'key', id, kid: published, alg, jwk, maxLifetimeSeconds, endsAt }
    }),
  )
}

function unsignedReason(
  named: readonly ClientKey[],
  valid: readonly ClientKey[],
): 'unknown_key' | 'credential_ended' | 'bad_assertion_signature' {
  if (valid.length > 0) return 'bad_assertion_signature'
  return named.length > 0 ? 'credential_ended' : 'unknown_key'
}

const shapeOf = ({ expiresAt, issuedAt }: OwnAssertion): AssertionShape =>
  issuedAt !== undefined && expiresAt - issuedAt > USUAL_ASSERTION_LIFETIME ? 'long_lived' : 'usual'
