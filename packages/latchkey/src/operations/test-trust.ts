// Tells an operator how the token endpoint would answer to a platform's assertion, and why. The test does not use up
// the assertion and records nothing.
import type { AssertionFault, PlatformAssertion } from '@latchkey/protocol'
import { isWithinLifetime, timeProblem } from '../domain/assertion-times.ts'
import type { IntegrationState } from '../domain/integration.ts'
import { printableText } from '../domain/printable-text.ts'
import { provenSubject } from '../domain/proven-subject.ts'
import { claimAt, type ClaimMatcher, isMatched, type TrustRule } from '../domain/trust-rule.ts'
import { mayName, type TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { PlatformVerdict, TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { isAudience, rulesOf } from './authenticate-platform.ts'
import { readAnyAssertion } from './read-any-assertion.ts'

export interface TestTrustPorts {
  /** Returns the issuer identifier of this server. */
  readonly issuer: () => string
  readonly trustedIssuers: TrustedIssuers
  readonly trustedIssuerKeys: TrustedIssuerKeys
  readonly integrations: Integrations
  readonly clock: Clock
}

export interface TrustTestRequest {
  readonly assertion: string
  /** The id or client ID of the integration. Undefined if the tested request has no `client_id`. */
  readonly integration: string | undefined
  /** The IP address of the operator who makes the test. */
  readonly address: string
}

/** The result of one check. A check that an earlier failure makes impossible has no result. */
export interface TrustCheck {
  readonly check:
    'form' | 'times' | 'issuer' | 'audience' | 'signature' | 'integration' | 'rule' | 'lifetime' | 'status'
  readonly passed: boolean
  /** The expected value. `expected` and `found` are printable ASCII. */
  readonly expected: string
  readonly found: string
}

export interface TestedRule {
  readonly clientId: string
  readonly credentialId: string
  readonly matchers: readonly { readonly matcher: ClaimMatcher; readonly passed: boolean; readonly found: string }[]
}

export interface TrustVerdict {
  readonly checks: readonly TrustCheck[]
  readonly rules: readonly TestedRule[]
  /**
   * The reason for which the server would refuse the request, by its name in logs and metrics. Undefined if the client
   * would be authenticated.
   */
  readonly reason: string | undefined
  /** The client ID of the authenticated integration. Undefined if the request would be refused. */
  readonly clientId: string | undefined
  /** The workload that the assertion names. Undefined unless the signature is valid. */
  readonly subject: string | undefined
}

/** Makes all possible checks, in the order in which the token endpoint makes them. Throws `StoreUnavailable`. */
export async function testTrust(ports: TestTrustPorts, request: TrustTestRequest): Promise<TrustVerdict> {
  const checks: TrustCheck[] = []
  const note = (check: TrustCheck['check'], passed: boolean, expected: string, found: string): boolean => {
    checks.push({ check, passed, expected: printableText(expected), found: printableText(found) })
    return passed
  }
  const refused = (reason: string, more: Partial<TrustVerdict> = {}): TrustVerdict => ({
    ...{ checks, rules: [], reason, clientId: undefined, subject: undefined },
    ...more,
  })
  const read = readPlatform(request.assertion)
  if (typeof read === 'string') {
    note('form', false, 'a signed JWT of a platform', FORM_FAULTS[read])
    return refused(read)
  }
  note(
    'form',
    true,
    'a signed JWT of a platform',
    `${read.alg}, ${read.kid === undefined ? 'no kid' : `kid ${read.kid}`}`,
  )
  const now = ports.clock.now()
  const time = timeProblem(read, now)
  note('times', time === undefined, `valid at ${String(now)}, in seconds since the epoch`, timesOf(read))
  await ports.trustedIssuers.refreshed()
  const issuer = issuerOf(ports, read)
  const isTrusted = issuer?.enabled === true
  const found = issuer === undefined ? read.issuer : `${issuer.name}${issuer.enabled ? '' : ', which is disabled'}`
  note('issuer', isTrusted, 'an enabled trusted issuer with this URL', found)
  if (time !== undefined) return refused(time)
  if (issuer === undefined || !isTrusted) return refused('unknown_issuer')
  const audience = issuer.audience ?? ports.issuer()
  if (!note('audience', isAudience(read.audience, audience), audience, textOf(read.audience))) {
    return refused('assertion_audience')
  }
  const verdict = await ports.trustedIssuerKeys.verify(issuer, read, request.address)
  if (!note('signature', verdict.kind === 'signed', 'a key of the issuer signed it', SIGNATURES[verdict.kind])) {
    return refused(reasonOf(verdict))
  }
  const subject = provenSubject(issuer.platform, read.subject, read.claims)
  const states = await candidates(ports, request, issuer, read)
  const wanted = request.integration ?? `a rule that names the sub ${read.subject}`
  if (!note('integration', states.length > 0, wanted, states.length > 0 ? idsOf(states) : 'none')) {
    return refused(request.integration === undefined ? 'trust_rule_mismatch' : 'unknown_client', { subject })
  }
  const tested = states.flatMap((state) => rulesOf(state, issuer.id, now).map((rule) => ({ state, rule })))
  const rules = tested.map(({ state, rule }) => testedRule(state, rule, read))
  const matched = tested.filter(({ rule }) => rule.matchers.every((matcher) => isMatched(matcher, read.claims)))
  const [first] = matched
  const names = matched.map(({ rule }) => rule.id).join(', ')
  note(
    'rule',
    first !== undefined,
    'a valid rule of this issuer matches all its claims',
    names || `none of ${String(rules.length)}`,
  )
  if (first === undefined) return refused('trust_rule_mismatch', { rules, subject })
  if (matched.some(({ state }) => state !== first.state)) return refused('client_id_needed', { rules, subject })
  const { maxLifetimeSeconds } = first.rule
  const isShort = isWithinLifetime(read, maxLifetimeSeconds, now)
  note('lifetime', isShort, `at most ${String(maxLifetimeSeconds)} s`, lifetimeOf(read, now))
  if (!isShort) return refused('assertion_lifetime', { rules, subject })
  const { clientId, enabled } = first.state.integration
  note('status', enabled, 'the integration is active', enabled ? 'active' : 'disabled')
  if (!enabled) return refused('client_disabled', { rules, subject })
  return { checks, rules, reason: undefined, clientId, subject }
}

/**
 * Reads the assertion of a platform. Returns the fault if the text is not such an assertion. Tries the type for SPIFFE
 * last, because a JWT-SVID may have any `iss`.
 */
function readPlatform(text: string): PlatformAssertion | AssertionFault | 'own_assertion' {
  const read = readAnyAssertion(text)
  if (!read.ok) return read.refusal
  return read.value.kind === 'platform' ? read.value : 'own_assertion'
}

/**
 * Returns the issuer with the URL in `iss`. If no issuer has this URL, returns the SPIFFE issuer for the trust domain
 * in `sub`, because a JWT-SVID may have any `iss`.
 */
function issuerOf(
  { trustedIssuers }: TestTrustPorts,
  { issuer, subject }: PlatformAssertion,
): TrustedIssuer | undefined {
  const all = trustedIssuers.all()
  return (
    all.find((one) => one.url === issuer && mayName(one, subject)) ??
    all.find((one) => one.platform === 'spiffe' && mayName(one, subject))
  )
}

async function candidates(
  { integrations, trustedIssuers }: TestTrustPorts,
  { integration }: TrustTestRequest,
  issuer: TrustedIssuer,
  assertion: PlatformAssertion,
): Promise<readonly IntegrationState[]> {
  if (integration !== undefined) {
    const summary = await integrations.findByIdOrClientId(integration)
    return summary === undefined ? [] : [summary.state]
  }
  const clientIds = trustedIssuers.clientsNaming(issuer.id, assertion.subject)
  const states = await Promise.all(clientIds.map((clientId) => integrations.find(clientId)))
  return states.filter((state) => state !== undefined)
}

const testedRule = ({ integration }: IntegrationState, rule: TrustRule, { claims }: PlatformAssertion): TestedRule => ({
  clientId: integration.clientId,
  credentialId: rule.id,
  matchers: rule.matchers.map((matcher) => ({
    matcher,
    passed: isMatched(matcher, claims),
    found: printableText(claimAt(claims, matcher.claim) ?? 'absent, or no text'),
  })),
})

const idsOf = (states: readonly IntegrationState[]): string =>
  states.map(({ integration }) => integration.clientId).join(', ')

const reasonOf = (verdict: PlatformVerdict): string => {
  switch (verdict.kind) {
    case 'full':
      return 'verifications_full'
    case 'unavailable':
      return 'key_source_unavailable'
    case 'bad_signature':
      return 'bad_assertion_signature'
    default:
      return verdict.kind
  }
}

const SIGNATURES: Readonly<Record<PlatformVerdict['kind'], string>> = {
  signed: 'a good signature',
  unknown_key: 'the issuer publishes no usable key with this kid and algorithm',
  bad_signature: 'another key, or the text was changed',
  full: 'too many verifications wait: try again',
  unavailable: 'the keys of the issuer cannot be fetched',
}

const FORM_FAULTS: Readonly<Record<AssertionFault | 'own_assertion', string>> = {
  assertion_malformed: 'no JWT in compact form, or longer than 8192 characters',
  assertion_header_unusable: 'a header that is too long, or brings its own key',
  assertion_typ_unusable: 'a typ that no assertion has, such as at+jwt',
  assertion_alg_unusable: 'an algorithm that is not accepted',
  assertion_claims_unusable: 'no usable iss, sub or exp',
  own_assertion: 'an assertion that a client signed with its own key',
}

const timesOf = ({ issuedAt, expiresAt }: PlatformAssertion): string =>
  `${issuedAt === undefined ? 'no iat' : `iat ${String(issuedAt)}`}, exp ${String(expiresAt)}`

const lifetimeOf = ({ issuedAt, expiresAt }: PlatformAssertion, now: number): string =>
  issuedAt === undefined ? `${String(expiresAt - now)} s left, no iat` : `${String(expiresAt - issuedAt)} s`

function textOf(value: unknown): string {
  if (value === undefined) return 'absent'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
