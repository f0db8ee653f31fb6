// A refusal on its way out: one line in the log, one answer on the wire.
import type { Logger } from 'pino'
import { type WireRefusal, wireError } from '../wire-error.ts'
import type { PublicRequest } from './public-request.ts'
import type { PublicResponse } from './public-response.ts'

/** Logs the reason, the client if one was named, and the names of the query's parameters, never their values. */
export function refused(
  { logger }: { readonly logger: Logger },
  request: PublicRequest,
  refusal: WireRefusal,
): PublicResponse {
  const response = wireError(refusal)
  if (logger.isLevelEnabled('info')) {
    logger.info(
      {
        event: response.status === 401 ? 'auth.denied' : 'request.refused',
        request_id: request.id,
        reason: refusal.reason === 'basic_unreadable' ? refusal.problem : refusal.reason,
        ...('clientId' in refusal && { client_id: loggable(refusal.clientId) }),
        'http.request.method': request.method,
        'http.route': request.path.slice(0, 120),
        'http.response.status_code': response.status,
        'client.address': request.remoteAddress,
        query_parameters: parameterNames(request.query),
      },
      'request refused',
    )
  }
  return response
}

/** What a caller sent as its ID may be anything, its secret included: only the shape of ours is repeated. */
const loggable = (clientId: string): string => (/^[A-Za-z0-9_-]{1,24}$/.test(clientId) ? clientId : '[not an ID]')

const parameterNames = (query: string): readonly string[] =>
  query === ''
    ? []
    : query
        .split('&', 10)
        .map((pair) => pair.split('=', 1)[0] ?? '')
        .map((name) => (/^[A-Za-z_]{1,40}$/.test(name) ? name : '[other]'))
