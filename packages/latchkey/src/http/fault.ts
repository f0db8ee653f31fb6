// Our own failures on the wire: 503 when the state is not known right now, 500 for everything else. Never a verdict.
import type { Logger } from 'pino'
import { StoreUnavailable } from '../ports/store.ts'
import type { PublicResponse } from './public/public-response.ts'
import { errorResponse } from './wire-error.ts'

export function faultResponse(cause: unknown, requestId: string, logger: Logger): PublicResponse {
  if (cause instanceof StoreUnavailable) {
    logger.warn({ event: 'store.unavailable', request_id: requestId, reason: cause.message }, 'request not answered')
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
