// ANY /v1/verify[/…]?scope=S: forward authentication for reverse proxies (RFC 6750).
import {
  accept,
  type AccessTokenClaims,
  bearerChallenge,
  describeReason,
  parseScope,
  readBearer,
  refuse,
} from '@latchkey/protocol'
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import type { TokenRefusal } from '../../domain/refusal.ts'
import { type Verdict, verifyToken, type VerifyTokenPorts } from '../../operations/verify-token.ts'
import type { Activity } from '../../ports/activity.ts'
import { requesterOf } from '../requester.ts'
import type { PublicRequest } from './public-request.ts'
import { emptyResponse, type Handler, type PublicResponse } from './public-response.ts'

export interface VerifyEndpointPorts extends VerifyTokenPorts {
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

const REALM = 'latchkey'

/**
 * Answers 200, 401, 403 or 5xx and nothing else, whatever the method: some proxies turn any other status into a 500.
 * Judges by the one Authorization header and the `scope` of its own URL; never by a forwarded header.
 */
export const anyVerify =
  (ports: VerifyEndpointPorts): Handler =>
  (request) => {
    const answer = (verdict: Verdict): PublicResponse => answerTo(ports, request, verdict)
    const bearer = presentedToken(request)
    if (bearer === 'missing') return answer(refuse({ reason: 'token_missing' }))
    if (bearer === 'malformed') return answer(refuse({ reason: 'malformed' }))
    const verdict = verifyToken(ports, bearer.text)
    return verdict instanceof Promise ? verdict.then(answer) : answer(verdict)
  }

/** For a request that is no good as HTTP, whatever token it presents. */
export const malformedVerify =
  (ports: VerifyEndpointPorts): Handler =>
  (request) =>
    answerTo(ports, request, refuse({ reason: 'malformed' }))

function answerTo(ports: VerifyEndpointPorts, request: PublicRequest, verdict: Verdict): PublicResponse {
  const judged = verdict.ok ? requireScopes(request.query, verdict.value) : verdict
  if (judged.ok) {
    ports.activity.decided('accepted')
    return acceptedResponse(judged.value)
  }
  observeRefusal(ports, request, judged.refusal)
  logRefusal(ports.logger, request, judged.refusal)
  return refusedResponse(judged.refusal)
}

function observeRefusal(
  { activity, trustedProxies }: VerifyEndpointPorts,
  request: PublicRequest,
  refusal: TokenRefusal,
): void {
  const { reason } = refusal
  activity.decided(reason)
  const clientId = 'clientId' in refusal ? refusal.clientId : undefined
  // We signed the token, but its client may be gone.
  const client = clientId === undefined || reason === 'unknown' ? 'claimed' : 'proven'
  const { address } = requesterOf(request, trustedProxies)
  activity.refused({ endpoint: 'verify', reason, clientId, client, address, requestId: request.id })
}

/** Successful verifications are not logged; refused ones are, in full only when one of our own tokens was presented. */
function logRefusal(logger: Logger, { id: request_id }: PublicRequest, refusal: TokenRefusal): void {
  const { reason } = refusal
  if (!('jti' in refusal)) {
    logger.debug({ event: 'auth.denied', request_id, reason }, 'token refused')
    return
  }
  const { clientId, jti } = refusal
  logger.info({ event: 'auth.denied', request_id, reason, client_id: clientId, jti }, 'token refused')
  if ('newerThanStore' in refusal) {
    logger.error(
      { event: 'store.regressed', request_id, client_id: clientId, jti },
      'a well-signed token is newer than the store: an old copy of the store is in use, or a signing key has leaked',
    )
  }
}

function presentedToken(request: PublicRequest): { readonly text: string } | 'missing' | 'malformed' {
  const [header, ...others] = request.headers('authorization')
  if (others.length > 0) return 'malformed'
  const bearer = readBearer(header)
  return bearer.ok ? { text: bearer.value } : bearer.refusal
}

/**
 * Every `scope` of the URL must be the token's: one that a proxy's configuration left empty, misspelt or that an
 * application's own query added makes the door narrower, never wider.
 */
function requireScopes(query: string, claims: AccessTokenClaims): Verdict {
  const { scope, client_id: clientId, jti } = claims
  if (query === '' || query === `scope=${scope}`) return accept(claims)
  const required = new URLSearchParams(query).getAll('scope').find((asked) => asked !== scope)
  return required === undefined ? accept(claims) : refuse({ reason: 'insufficient_scope', required, clientId, jti })
}

const acceptedResponse = ({ client_id: clientId, scope, jti }: AccessTokenClaims): PublicResponse =>
  emptyResponse(200, ['X-Latchkey-Client-Id', clientId, 'X-Latchkey-Scope', scope, 'X-Latchkey-Jti', jti])

/** The identity headers are set, empty, on refusals too: what a caller sent under their names never passes for ours. */
const NOBODY = ['X-Latchkey-Client-Id', '', 'X-Latchkey-Scope', '', 'X-Latchkey-Jti', '']

function refusedResponse(refusal: TokenRefusal): PublicResponse {
  switch (refusal.reason) {
    case 'token_missing':
      // RFC 6750 §3.1: a request without credentials is told no error.
      return emptyResponse(401, [...NOBODY, 'WWW-Authenticate', bearerChallenge({ realm: REALM })])
    case 'insufficient_scope':
      return emptyResponse(403, [...NOBODY, 'Latchkey-Reason', refusal.reason, 'WWW-Authenticate', scopeChallenge(refusal.required)]) // prettier-ignore
    default: {
      const at = 'at' in refusal ? { at: rfc3339(refusal.at) } : {}
      const errorDescription = describeReason(refusal.reason, at)
      const challenge = bearerChallenge({ realm: REALM, error: 'invalid_token', errorDescription })
      return emptyResponse(401, [...NOBODY, 'Latchkey-Reason', refusal.reason, 'WWW-Authenticate', challenge])
    }
  }
}

const scopeChallenge = (required: string): string =>
  bearerChallenge({
    realm: REALM,
    error: 'insufficient_scope',
    errorDescription: 'The token is good, but not for what is asked here',
    // RFC 6750 §3: only what is a scope can be named.
    ...(isOneScope(required) && { scope: required }),
  })

const isOneScope = (text: string): boolean => !['missing', 'several', 'malformed'].includes(parseScope(text))

const rfc3339 = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
