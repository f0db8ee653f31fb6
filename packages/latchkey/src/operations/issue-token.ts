// Issues an access token in the client credentials grant (RFC 6749 §4.4). The new token supersedes the previous token
// of the client and scope.
import { accept, parseScope, refuse, type Result, type Scope } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { grantedScopes, type IntegrationState, slotOf } from '../domain/integration.ts'
import type { FailedAuthentication, GrantRefusal, IssueRefusal, ThrottledRefusal } from '../domain/refusal.ts'
import { mapResolvers, type Resolvers } from '../domain/resolvers.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { IssueAttempt, IssuedToken, IssueOutcome, Slots } from '../ports/slots.ts'
import {
  authenticateByAssertion,
  claimsProblem,
  type AssertionRequest,
  type ProvenClient,
} from './authenticate-assertion.ts'
import {
  findProvenClient,
  knownProvenClient,
  type PlatformRefusal,
  type PlatformRequest,
  proveSubject,
} from './authenticate-platform.ts'
import {
  authenticateAs,
  type AuthenticateClientPorts,
  type AuthenticateSecretPorts,
  type ClientRequest,
  countFailure,
  countReplay,
  isFailure,
  isUndecided,
  type SecretRequest,
} from './authenticate-client.ts'

export interface IssueBySecretPorts extends AuthenticateSecretPorts {
  readonly catalog: Catalog
  readonly slots: Slots
}

export interface IssueTokenPorts extends AuthenticateClientPorts, IssueBySecretPorts {}

export interface TokenRequest extends ClientRequest {
  /** The parameters as the client sent them. Undefined if a parameter is missing or empty. */
  readonly grantType: string | undefined
  readonly scope: string | undefined
  /**
   * The parameter `latchkey_replaces`: the generation (number) of the token that the client wants to replace, in
   * digits.
   */
  readonly replaces?: string | undefined
}

export interface TokenGrant {
  readonly issued: IssuedToken
  readonly clientId: string
  /** The credential with which the client authenticated the request. */
  readonly credentialId: string
  /** The workload that the platform's assertion named. Undefined for other kinds of credentials. */
  readonly subject?: string | undefined
  readonly scope: Scope
  /** The lifetime of the token, in whole seconds. */
  readonly expiresIn: number
  /**
   * How many seconds the server still accepts this token after a new token has replaced it. Undefined if the request
   * had no `latchkey_replaces`, or if the integration ignores this parameter.
   */
  readonly graceSeconds?: number | undefined
}

export type TokenOutcome = Result<TokenGrant, IssueRefusal | ThrottledRefusal>

type Refused =
  | { readonly by: 'authentication'; readonly refusal: FailedAuthentication }
  | { readonly by: 'grant'; readonly refusal: IssueRefusal }

type Decision = Result<TokenGrant, Refused>

/**
 * Issues a token. A refused request never ends a live token. Throws or rejects with `StoreUnavailable`.
 *
 * The decision to issue a token uses the state in memory, because the commit checks the request again. A refusal must
 * use the current state. So the server reads the state again before a refusal if another server may have changed it.
 */
export function issueToken(ports: IssueTokenPorts, request: TokenRequest, resolvers: Resolvers<TokenOutcome>): void {
  // Requests with a secret are the most frequent, so this path does not copy the request.
  if (hasSecret(request)) {
    issueBySecret(ports, request, resolvers)
    return
  }
  const { credentials } = request
  if ('assertion' in credentials) {
    issueByAssertion(ports, { ...request, credentials }, resolvers).catch(resolvers.reject)
  } else if ('platform' in credentials) {
    issueByPlatform(ports, { ...request, credentials }, resolvers).catch(resolvers.reject)
  }
}

const hasSecret = (request: TokenRequest): request is SecretRequest & TokenRequest =>
  'clientSecret' in request.credentials

/** Issues a token to a client that sent its secret. Follows the rules of `issueToken`. */
export function issueBySecret(
  ports: IssueBySecretPorts,
  request: SecretRequest & TokenRequest,
  resolvers: Resolvers<TokenOutcome>,
): void {
  const { integrations } = ports
  const { clientId } = request.credentials
  const { resolve, reject } = mapResolvers<Decision, TokenOutcome>(resolvers, (decision) => {
    if (decision.ok) return decision
    const { by, refusal } = decision.refusal
    // A refusal of the grant does not count as a failed authentication, because the client did authenticate.
    return refuse(by === 'authentication' ? countFailure(ports, request, refusal) : refusal)
  })
  const confirm = (decision: Decision): void => {
    const present = decision.ok ? undefined : integrations.present(clientId)
    if (present === undefined) resolve(decision)
    else present.then((state) => void issueAs(state, ports, request, { resolve, reject })).catch(reject)
  }
  issueAs(integrations.known(clientId), ports, request, { resolve: confirm, reject })
}

/** Authenticates the client against `state`, and issues the token or refuses. */
function issueAs(
  state: IntegrationState | undefined,
  ports: IssueBySecretPorts,
  request: SecretRequest & TokenRequest,
  resolvers: Resolvers<Decision>,
): void {
  const attempt = attemptOf(state, ports, request)
  if (!attempt.ok) resolvers.resolve(attempt)
  else
    ports.slots.issue(
      attempt.value,
      mapResolvers(resolvers, (issued) => decisionOf(issued, attempt.value, ports)),
    )
}

/** Authenticates the client and chooses the scope of its token. */
function attemptOf(
  state: IntegrationState | undefined,
  ports: IssueBySecretPorts,
  request: SecretRequest & TokenRequest,
): Result<IssueAttempt, Refused> {
  const authenticated = authenticateAs(state, ports, request)
  if (!authenticated.ok) return refuse({ by: 'authentication', refusal: authenticated.refusal })
  return grantedAttempt(authenticated.value, ports, request)
}

function grantedAttempt(
  { client, state }: { readonly client: AuthenticatedClient; readonly state: IntegrationState },
  { catalog }: IssueBySecretPorts,
  request: TokenRequest,
): Result<IssueAttempt, Refused> {
  const scope = chooseScope(request, state, catalog)
  if (!scope.ok) return refuse({ by: 'grant', refusal: scope.refusal })
  const { requester, replaces } = request
  const attempt = { client, scope: scope.value, requester }
  if (replaces === undefined || !state.integration.conditional) return accept(attempt)
  const generation = DIGITS.test(replaces) ? Number(replaces) : Infinity
  if (!Number.isSafeInteger(generation)) {
    return refuse({ by: 'grant', refusal: { reason: 'replaces_malformed', clientId: client.clientId } })
  }
  return accept({ ...attempt, replaces: generation })
}

const DIGITS = /^\d{1,16}$/

/**
 * Issues a token to a client that sent an assertion of its own. The commit of the token also records the use of the
 * assertion. A refused request does not use up the assertion.
 */
async function issueByAssertion(
  ports: IssueTokenPorts,
  request: AssertionRequest & TokenRequest,
  resolvers: Resolvers<TokenOutcome>,
): Promise<void> {
  const { integrations } = ports
  const { clientId } = request.credentials
  const problem = claimsProblem(ports, request.credentials)
  if (problem !== undefined) {
    resolvers.resolve(refuse(countFailure(ports, request, problem)))
    return
  }
  const known = integrations.known(clientId)
  let attempt = await attemptByAssertion(known, ports, request)
  if (!attempt.ok) {
    // A refusal must use the current state. A second attempt would give the same result if the first attempt already
    // used the current state.
    const present = await (integrations.present(clientId) ?? known)
    if (present?.integration !== known?.integration) attempt = await attemptByAssertion(present, ports, request)
  }
  issueAttempt(attempt, { ports, request, resolvers })
}

/** Issues a token to a client that sent an assertion of its platform. */
async function issueByPlatform(
  ports: IssueTokenPorts,
  request: PlatformRequest & TokenRequest,
  resolvers: Resolvers<TokenOutcome>,
): Promise<void> {
  const subject = await proveSubject(ports, request)
  if (!subject.ok) {
    issueAttempt(refusedProof(subject.refusal), { ports, request, resolvers })
    return
  }
  const attemptFor = (proven: Result<ProvenClient, PlatformRefusal>): Result<IssueAttempt, Refused> =>
    proven.ok ? grantedAttempt(proven.value, ports, request) : refusedProof(proven.refusal)
  let attempt = attemptFor(knownProvenClient(ports, request, subject.value))
  // A refusal must use the current state, and the state in memory may be out of date.
  if (!attempt.ok) attempt = attemptFor(await findProvenClient(ports, request, subject.value))
  issueAttempt(attempt, { ports, request, resolvers })
}

const refusedProof = (refusal: PlatformRefusal): Result<never, Refused> =>
  isFailure(refusal) ? refuse({ by: 'authentication', refusal }) : refuse({ by: 'grant', refusal })

/** Issues the token for a request with an assertion, or resolves with the refusal of the attempt. */
function issueAttempt(
  attempt: Result<IssueAttempt, Refused>,
  {
    ports,
    request,
    resolvers,
  }: {
    readonly ports: IssueTokenPorts
    readonly request: TokenRequest
    readonly resolvers: Resolvers<TokenOutcome>
  },
): void {
  if (!attempt.ok) {
    const { by, refusal } = attempt.refusal
    resolvers.resolve(refuse(by === 'authentication' ? countFailure(ports, request, refusal) : refusal))
    return
  }
  const granted = attempt.value
  ports.slots.issue(
    granted,
    mapResolvers<IssueOutcome, TokenOutcome>(resolvers, (issued) => {
      const decision = decisionOf(issued, granted, ports)
      if (decision.ok) return decision
      return refuse(countReplay(ports, request, decision.refusal.refusal))
    }),
  )
}

async function attemptByAssertion(
  state: IntegrationState | undefined,
  ports: IssueTokenPorts,
  request: AssertionRequest & TokenRequest,
): Promise<Result<IssueAttempt, Refused>> {
  const proven = await authenticateByAssertion(state, ports, request)
  if (proven.ok) return grantedAttempt(proven.value, ports, request)
  const { refusal } = proven
  return refuse(isUndecided(refusal) ? { by: 'grant', refusal } : { by: 'authentication', refusal })
}

function decisionOf(
  outcome: IssueOutcome,
  { client, scope, replaces }: IssueAttempt,
  { clock, integrations }: IssueBySecretPorts,
): Decision {
  if (!outcome.ok) return refuse({ by: 'grant', refusal: outcome.refusal })
  const { token, kind } = outcome.value
  const expiresIn = token.expiresAt - (kind === 'issued' ? token.issuedAt : clock.now())
  const { clientId, credentialId, subject } = client
  // The state in memory is current, because the decision about the request refreshed it.
  const integration = replaces === undefined ? undefined : integrations.known(clientId)?.integration
  const graceSeconds = integration?.conditional === true ? integration.graceSeconds : undefined
  return accept({ issued: outcome.value, clientId, credentialId, subject, scope, expiresIn, graceSeconds })
}

/**
 * Returns the scope if it is granted. The result is the string of the store, because V8 may represent the string of the
 * request as a slice of the request body, which contains the secret, and would keep that body in memory.
 */
function grantedScope(state: IntegrationState, requested: Scope): Result<Scope, GrantRefusal> {
  const slot = slotOf(state, requested)
  if (slot?.granted === true) return accept(slot.scope)
  return refuse({ reason: 'scope_not_granted', clientId: state.integration.clientId })
}

/**
 * Returns the requested scope. The client may omit the parameter `scope` if its integration has exactly one scope (RFC
 * 6749 §3.3).
 */
function chooseScope(
  { grantType, scope }: TokenRequest,
  state: IntegrationState,
  catalog: Catalog,
): Result<Scope, GrantRefusal> {
  const { clientId } = state.integration
  if (grantType === undefined) return refuse({ reason: 'grant_type_missing', clientId })
  if (grantType !== 'client_credentials') return refuse({ reason: 'grant_type_unsupported', clientId })
  const requested = parseScope(scope)
  switch (requested) {
    case 'missing': {
      const [only, ...others] = grantedScopes(state)
      return only === undefined || others.length > 0 ? refuse({ reason: 'scope_missing', clientId }) : accept(only)
    }
    case 'several':
      return refuse({ reason: 'scope_several', clientId })
    case 'malformed':
      return refuse({ reason: 'scope_malformed', clientId })
    default:
      if (catalog.scope(requested) === undefined) return refuse({ reason: 'scope_unknown', clientId })
      return grantedScope(state, requested)
  }
}
