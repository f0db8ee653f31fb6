// Turns faults of the server into answers: 503 if the state is unknown at present, otherwise 500. A fault never becomes
// a verdict.
import type { Logger } from 'pino'
import { StoreUnavailable } from '../ports/store.ts'
import { OutageLog } from './outage-log.ts'
import type { PublicResponse } from './public/public-response.ts'
import { errorResponse } from './wire-error.ts'

export type FaultAnswer = (cause: unknown, requestId: string) => PublicResponse

/**
 * Makes the function for one listener, which counts its log lines about an outage together. Call it once for each
 * listener.
 */
export function faultAnswers(logger: Logger): FaultAnswer {
  const outage = new OutageLog(logger)
  return (cause, requestId) => {
    if (cause instanceof StoreUnavailable) {
      outage.add(requestId, cause)
      return errorResponse(
        503,
        { error: 'temporarily_unavailable', error_description: 'The state is not known right now. Ask again.' },
        ['Retry-After', String(cause.retryAfterSeconds)],
      )
    }
    logger.error({ event: 'request.failed', request_id: requestId, err: cause }, 'request failed')
    return errorResponse(500, {
      error: 'server_error',
      error_description: 'The server failed. The request id helps its operator to find out why.',
    })
  }
}
