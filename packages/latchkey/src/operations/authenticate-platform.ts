// Authenticates a client by an assertion that its platform signed, such as a Kubernetes service account token (RFC 7521
// §4.2, RFC 7523 §3). The first step checks which trusted issuer signed the assertion. The second step finds the
// integration with a trust rule that matches the claims.
import { accept, type PlatformAssertion, refuse, type Result } from '@latchkey/protocol'
import { isAddressWithin } from '../domain/address-ranges.ts'
import { isWithinLifetime, signedFrom, timeProblem } from '../domain/assertion-times.ts'
import { isCredentialValid, isRule } from '../domain/credential.ts'
import type { IntegrationState } from '../domain/integration.ts'
import { printableText } from '../domain/printable-text.ts'
import { provenSubject } from '../domain/proven-subject.ts'
import type {
  AssertionShape,
  ClientIdNeeded,
  FailedAuthentication,
  Proof,
  UndecidedAssertion,
} from '../domain/refusal.ts'
import { failedMatcher, type TrustRule } from '../domain/trust-rule.ts'
import { mayName, type TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { Requester } from '../ports/slots.ts'
import type { TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import type { ProvenClient } from './authenticate-assertion.ts'

export interface AuthenticatePlatformPorts {
  /**
   * The issuer identifier of this server. It is the required audience of assertions, unless the trusted issuer has a
   * setting for another audience.
   */
  readonly issuer: string
  readonly trustedIssuers: Pick<TrustedIssuers, 'all' | 'refreshed' | 'clientsNaming'>
  readonly trustedIssuerKeys: Pick<TrustedIssuerKeys, 'verify'>
  readonly assertionSignatures: Pick<AssertionSignatures, 'hashOf'>
  readonly integrations: Pick<Integrations, 'find' | 'known'>
  readonly clock: Clock
  readonly secrets: Pick<Secrets, 'noteUse'>
}

export interface PlatformRequest {
  /**
   * `clientId` is the parameter `client_id` of the request. It is required if no trust rule names the exact subject.
   */
  readonly credentials: { readonly clientId: string | undefined; readonly platform: PlatformAssertion }
  readonly requester: Requester
}

/** An assertion with a valid signature of a trusted issuer. */
export interface ProvenSubject {
  readonly issuer: TrustedIssuer
  readonly assertion: PlatformAssertion
  /** The workload that the assertion names, as at most 120 characters of printable ASCII. */
  readonly subject: string
}

export type PlatformRefusal = FailedAuthentication | UndecidedAssertion | ClientIdNeeded

/**
 * Checks the validity period, the issuer, the audience and the signature of an assertion. These checks do not depend on
 * an integration.
 */
export async function proveSubject(
  ports: Pick<AuthenticatePlatformPorts, 'issuer' | 'trustedIssuers' | 'trustedIssuerKeys' | 'clock'>,
  request: PlatformRequest,
): Promise<Result<ProvenSubject, FailedAuthentication | UndecidedAssertion>> {
  const { platform: assertion } = request.credentials
  const clientId = labelOf(request)
  const shape = { clientId, assertion: shapeOf(assertion, ports.issuer) }
  const problem = timeProblem(assertion, ports.clock.now())
  if (problem !== undefined) return refuse({ reason: problem, clientId })
  const issuer = await issuerOf(ports.trustedIssuers, assertion)
  if (issuer === undefined) return refuse({ reason: 'unknown_issuer', ...shape })
  if (!isAudience(assertion.audience, issuer.audience ?? ports.issuer)) {
    return refuse({ reason: 'assertion_audience', ...shape })
  }
  const verdict = await ports.trustedIssuerKeys.verify(issuer, assertion, request.requester.address)
  switch (verdict.kind) {
    case 'signed':
      return accept({ issuer, assertion, subject: provenSubject(issuer.platform, assertion.subject, assertion.claims) })
    case 'unknown_key':
      return refuse({ reason: 'unknown_key', ...shape })
    case 'bad_signature':
      return refuse({ reason: 'bad_assertion_signature', ...shape })
    case 'full':
      return refuse({ reason: 'verifications_full', clientId, retryAfterSeconds: 1 })
    case 'unavailable':
      return refuse({ reason: 'key_source_unavailable', clientId, retryAfterSeconds: verdict.retryAfterSeconds })
  }
}

/**
 * Returns the enabled issuer that may name the subject of the assertion. Refreshes the issuers in memory before it
 * returns undefined.
 */
async function issuerOf(
  trustedIssuers: AuthenticatePlatformPorts['trustedIssuers'],
  { issuer: url, subject }: PlatformAssertion,
): Promise<TrustedIssuer | undefined> {
  const find = () =>
    trustedIssuers.all().find((issuer) => issuer.url === url && issuer.enabled && mayName(issuer, subject))
  const known = find()
  if (known !== undefined) return known
  await trustedIssuers.refreshed()
  return find()
}

/**
 * Returns true if the claim `aud` is the expected text, or an array that contains only the expected text (as Kubernetes
 * writes it).
 */
export const isAudience = (audience: unknown, expected: string): boolean =>
  audience === expected || (Array.isArray(audience) && audience.length === 1 && audience[0] === expected)

/**
 * Finds the client with the state in memory, which may be out of date. Before the server refuses the request, it must
 * therefore call `findProvenClient`. If the result contains a use, the caller must record the use in the commit of the
 * request.
 */
export const knownProvenClient = (
  ports: AuthenticatePlatformPorts,
  request: PlatformRequest,
  proven: ProvenSubject,
): Result<ProvenClient, PlatformRefusal> =>
  provenClient(
    candidatesOf(ports, request, proven).map((clientId) => ports.integrations.known(clientId)),
    { ports, request, proven },
  )

/** Finds the client with the current state. Rejects with `StoreUnavailable`. */
export async function findProvenClient(
  ports: AuthenticatePlatformPorts,
  request: PlatformRequest,
  proven: ProvenSubject,
): Promise<Result<ProvenClient, PlatformRefusal>> {
  await ports.trustedIssuers.refreshed()
  const clientIds = candidatesOf(ports, request, proven)
  const states = await Promise.all(clientIds.map((clientId) => ports.integrations.find(clientId)))
  return provenClient(states, { ports, request, proven })
}

/**
 * Returns the client IDs that the assertion may belong to: the parameter `client_id` alone, or (if it is missing) the
 * integrations with a trust rule that names the exact subject.
 */
const candidatesOf = (
  { trustedIssuers }: AuthenticatePlatformPorts,
  { credentials: { clientId } }: PlatformRequest,
  { issuer, assertion }: ProvenSubject,
): readonly string[] =>
  clientId === undefined ? trustedIssuers.clientsNaming(issuer.id, assertion.subject) : [clientId]

interface Circumstances {
  readonly ports: AuthenticatePlatformPorts
  readonly request: PlatformRequest
  readonly proven: ProvenSubject
}

function provenClient(
  candidates: readonly (IntegrationState | undefined)[],
  { ports, request, proven }: Circumstances,
): Result<ProvenClient, PlatformRefusal> {
  const { issuer, assertion, subject } = proven
  const { requester } = request
  const now = ports.clock.now()
  const states = candidates.filter((state) => state !== undefined)
  const shape = { clientId: labelOf(request), assertion: shapeOf(assertion, ports.issuer) }
  const proof: Proof = { subject, issuer: issuer.name }
  if (states.length === 0 && request.credentials.clientId !== undefined) {
    return refuse({ reason: 'unknown_client', ...shape })
  }
  const rules = states.flatMap((state) => rulesOf(state, issuer.id, now).map((rule) => ({ state, rule })))
  const matched = rules.filter(({ rule }) => failedMatcher(rule, assertion.claims) === undefined)
  const [first] = matched
  if (first === undefined) {
    const claim = rules[0] && failedMatcher(rules[0].rule, assertion.claims)?.claim.join('/')
    return refuse({
      reason: 'trust_rule_mismatch',
      ...shape,
      proof: { ...proof, ...(claim && { claim: printableText(claim) }) },
    })
  }
  const { state, rule } = first
  const { clientId, enabled, allowedAddresses } = state.integration
  if (matched.some((other) => other.state !== state))
    return refuse({ reason: 'client_id_needed', clientId: shape.clientId })
  const failed = { ...shape, clientId, proof: { ...proof, credentialId: rule.id } }
  if (!isWithinLifetime(assertion, rule.maxLifetimeSeconds, now)) {
    return refuse({ reason: 'assertion_lifetime', ...failed })
  }
  if (!enabled) return refuse({ reason: 'client_disabled', ...failed })
  if (!isAddressWithin(requester.address, allowedAddresses)) return refuse({ reason: 'address_not_allowed', ...failed })
  ports.secrets.noteUse({ clientId, secretId: rule.id, at: now, ...requester })
  const use = rule.reuse === 'once' ? { use: useOf(ports.assertionSignatures, assertion, rule) } : {}
  return accept({ client: { clientId, credentialId: rule.id, issuerId: issuer.id, subject, ...use }, state })
}

/** Returns the trust rules of the integration that use the issuer and have not ended, the oldest first. */
export const rulesOf = ({ integration }: IntegrationState, issuerId: string, now: number): readonly TrustRule[] =>
  integration.credentials.filter(isRule).filter((rule) => rule.issuerId === issuerId && isCredentialValid(rule, now))

/**
 * Returns the use of the assertion to record. Identifies an assertion without `jti` by its signed bytes, without the
 * signature: an attacker can change an ECDSA signature into a second valid form.
 */
const useOf = ({ hashOf }: Pick<AssertionSignatures, 'hashOf'>, assertion: PlatformAssertion, rule: TrustRule) => ({
  hash: hashOf(
    assertion.jti === undefined
      ? Buffer.from(assertion.signingInput).toString('latin1')
      : `${assertion.issuer}\n${assertion.jti}`,
  ),
  exp: assertion.expiresAt,
  signedAt: signedFrom(assertion, rule.maxLifetimeSeconds),
})

/**
 * Returns the name of the caller for logs and for the count of failures: the client ID in the request, or (if it is
 * missing) the claimed issuer.
 */
const labelOf = ({ credentials: { clientId, platform } }: PlatformRequest): string =>
  clientId ?? printableText(platform.issuer)

const shapeOf = ({ audience }: PlatformAssertion, ownIssuer: string): AssertionShape =>
  isAudience(audience, ownIssuer) ? 'platform' : 'platform_other_audience'
