// /v1/verify[/…]?scope=S, with any method: forward authentication for reverse proxies (RFC 6750).
import { readBearer, refuse } from '@latchkey/protocol'
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import type { TokenRefusal } from '../../domain/refusal.ts'
import { type Verdict, verifyToken, type VerifyTokenPorts } from '../../operations/verify-token.ts'
import type { Activity } from '../../ports/activity.ts'
import { requesterOf } from '../requester.ts'
import type { PublicRequest } from './public-request.ts'
import type { Handler, PublicResponse } from './public-response.ts'
import { judgedAnswer, requireScopes } from './verify-answer.ts'

export interface VerifyEndpointPorts extends VerifyTokenPorts {
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

/**
 * Answers every method, and only with 200, 401, 403 or 5xx, because some proxies turn any other status into a 500.
 * Reads only the Authorization header and the `scope` parameters of its own URL, and no forwarded header.
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

/** Answers a request whose Host header is malformed. The token is not checked. */
export const malformedVerify =
  (ports: VerifyEndpointPorts): Handler =>
  (request) =>
    answerTo(ports, request, refuse({ reason: 'malformed' }))

function answerTo(ports: VerifyEndpointPorts, request: PublicRequest, verdict: Verdict): PublicResponse {
  const judged = requireScopes(verdict, request.query)
  if (judged.ok) {
    ports.activity.decided('accepted')
  } else {
    observeRefusal(ports, request, judged.refusal)
    logRefusal(ports.logger, request, judged.refusal)
  }
  return judgedAnswer(judged)
}

function observeRefusal(
  { activity, trustedProxies }: VerifyEndpointPorts,
  request: PublicRequest,
  refusal: TokenRefusal,
): void {
  const { reason } = refusal
  activity.decided(reason)
  const clientId = 'clientId' in refusal ? refusal.clientId : undefined
  // If the reason is `unknown`, the signature of the token is valid, but the client of the token may have been deleted.
  const client = clientId === undefined || reason === 'unknown' ? 'claimed' : 'proven'
  const { address } = requesterOf(request, trustedProxies)
  activity.refused({ endpoint: 'verify', reason, clientId, client, address, requestId: request.id })
}

/** Logs a refusal. The line names client and jti only if the token has a valid signature. */
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
      'a token with a valid signature is newer than the store: the store is an old copy, or a signing key has leaked',
    )
  }
}

const USUAL_SPELLING = 'Bearer '

/** Does not check the text after the usual `Bearer `, because a text that is not a token has no valid signature. */
function presentedToken(request: PublicRequest): { readonly text: string } | 'missing' | 'malformed' {
  if (request.count('authorization') > 1) return 'malformed'
  const header = request.header('authorization')
  if (header?.startsWith(USUAL_SPELLING) === true) return { text: header.slice(USUAL_SPELLING.length) }
  const bearer = readBearer(header)
  return bearer.ok ? { text: bearer.value } : bearer.refusal
}
