// Turns our own failures into answers: 503 if the state is not known right now, otherwise 500. Never a verdict.
import type { Logger } from 'pino'
import { StoreUnavailable } from '../ports/store.ts'
import { OutageLog } from './outage-log.ts'
import type { PublicResponse } from './public/public-response.ts'
import { errorResponse } from './wire-error.ts'

export type FaultAnswer = (cause: unknown, requestId: string) => PublicResponse

/** Call once for each listener: the listener's log lines about an outage are counted together. */
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
