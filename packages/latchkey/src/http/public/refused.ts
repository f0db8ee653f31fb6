// Counts a refusal, logs one line and makes the answer.
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import type { Activity, Endpoint, RefusedRequest } from '../../ports/activity.ts'
import { type Proof, proofMembers, type TokenRefusal } from '../../domain/refusal.ts'
import { parameterNames } from '../parameter-names.ts'
import { requesterOf } from '../requester.ts'
import { type WireRefusal, wireError } from '../wire-error.ts'
import type { PublicRequest } from './public-request.ts'
import type { PublicResponse } from './public-response.ts'

export interface RefusalLog {
  readonly activity: Activity
  readonly logger: Logger
  readonly trustedProxies: BlockList | undefined
}

/** Logs the reason, the client ID if the request has one, and the names but never the values of query parameters. */
export function refused(
  { activity, logger, trustedProxies }: RefusalLog,
  request: PublicRequest,
  { endpoint, refusal }: { readonly endpoint: Endpoint; readonly refusal: WireRefusal },
): PublicResponse {
  const response = wireError(refusal)
  const { address } = requesterOf(request, trustedProxies)
  const proof = proofOf(refusal)
  activity.refused({ endpoint, ...clientOf(refusal), reason: reasonOf(refusal), address, requestId: request.id, proof })
  if (logger.isLevelEnabled('info') && isWorthLogging(refusal)) {
    logger.info(
      {
        event: eventOf(response.status),
        request_id: request.id,
        reason: reasonOf(refusal),
        ...('failure' in refusal && { failure: refusal.failure }),
        ...('clientId' in refusal && { client_id: loggable(refusal.clientId) }),
        ...proofMembers(proof),
        'http.request.method': request.method,
        'http.route': request.path.slice(0, 120),
        'http.response.status_code': response.status,
        'client.address': address,
        query_parameters: parameterNames(request.query),
      },
      'request refused',
    )
  }
  return response
}

/**
 * Returns false for a repeated refusal of a throttled caller within a minute, because its log line would be the same as
 * the line of the first refusal.
 */
const isWorthLogging = (refusal: WireRefusal): boolean => refusal.reason !== 'too_many_failures' || refusal.isFirst

function eventOf(status: number): string {
  switch (status) {
    case 401:
      return 'auth.denied'
    case 429:
      return 'auth.throttled'
    default:
      return 'request.refused'
  }
}

/** The reasons by which the public endpoints count refusals, including the verify endpoint. */
export type RefusalReason = ReturnType<typeof reasonOf> | TokenRefusal['reason']

const reasonOf = (refusal: WireRefusal) => (refusal.reason === 'basic_unreadable' ? refusal.problem : refusal.reason)

function clientOf(refusal: WireRefusal): Pick<RefusedRequest, 'clientId' | 'client'> {
  if (!('clientId' in refusal)) return { clientId: undefined, client: 'claimed' }
  const cause = refusal.reason === 'too_many_failures' ? refusal.failure : refusal.reason
  const isClaimed = BEFORE_LOOK_UP.includes(cause) || (isOfPlatform(refusal) && !('proof' in refusal))
  return { clientId: loggable(refusal.clientId), client: isClaimed ? 'claimed' : 'proven' }
}

/**
 * The reasons of refusals for which the server has not identified the client. The client ID in such a request is only a
 * claim.
 */
const BEFORE_LOOK_UP: readonly string[] = [
  'unknown_client',
  'assertion_audience',
  'assertion_expired',
  'assertion_not_yet',
  'verifications_full',
  'key_source_unavailable',
]

const isOfPlatform = (refusal: WireRefusal): boolean =>
  'assertion' in refusal && (refusal.assertion === 'platform' || refusal.assertion === 'platform_other_audience')

/** Returns the subject of the assertion. Undefined unless the signature was valid, because a caller may send any text. */
const proofOf = (refusal: WireRefusal): Proof | undefined => ('proof' in refusal ? refusal.proof : undefined)

/**
 * A caller may send any text as its client ID, even its secret. So only text in the form of Latchkey's client IDs is
 * logged.
 */
const loggable = (clientId: string): string => (/^[A-Za-z0-9_-]{1,24}$/.test(clientId) ? clientId : '[not an ID]')
