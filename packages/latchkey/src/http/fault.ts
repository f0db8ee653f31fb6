// Turns faults of the server into answers: 503 if the store is unavailable, otherwise 500. A fault never becomes a
// verdict on a token or a credential.
import type { Logger } from 'pino'
import { StoreUnavailable } from '../ports/store.ts'
import { OutageLog } from './outage-log.ts'
import type { PublicResponse } from './public/public-response.ts'
import { errorResponse } from './wire-error.ts'

export type FaultAnswer = (cause: unknown, requestId: string) => PublicResponse

/**
 * Makes the function that answers the faults of one listener. Call this function once for each listener, because each
 * listener has one log of outages.
 */
export function faultAnswers(logger: Logger): FaultAnswer {
  const outage = new OutageLog(logger)
  return (cause, requestId) => {
    if (cause instanceof StoreUnavailable) {
      outage.add(requestId, cause)
      return errorResponse(
        503,
        {
          error: 'temporarily_unavailable',
          error_description: 'The store of the server is not available now. Send the request again.',
        },
        ['Retry-After', String(cause.retryAfterSeconds)],
      )
    }
    logger.error({ event: 'request.failed', request_id: requestId, err: cause }, 'request failed')
    return errorResponse(500, {
      error: 'server_error',
      error_description: 'The server failed. Its operator can find the cause in the log by the request id.',
    })
  }
}
