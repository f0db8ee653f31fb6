// Answers faults and the framework's refusals: chooses the problem and writes the log.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../../log.ts'
import { ActorEnded } from '../../ports/audit-trail.ts'
import { ServerDraining, StoreUnavailable } from '../../ports/store.ts'
import type { OutageLog } from '../outage-log.ts'
import { INVALID_KEY_CHALLENGE, proofNeeded } from './access/admission.ts'
import { UnreadableBody } from './conventions/unreadable-body.ts'
import { validationProblem } from './conventions/validation-problem.ts'
import { PROBLEMS } from './problems/problem-catalog.ts'
import { invalidRequest, type Problem, sendProblem, statusOf } from './problems/problem.ts'

export interface FaultLogs {
  readonly logger: Logger
  readonly outage: OutageLog
}

export function answerFault(
  error: Error,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { logger, outage }: FaultLogs,
): FastifyReply {
  const problem = problemOf(error)
  if (error instanceof StoreUnavailable) {
    if (!(error instanceof ServerDraining)) outage.add(request.id, error)
  } else if (statusOf(problem) >= 500) {
    logger.error(
      { event: 'request.failed', request_id: request.id, 'http.route': request.routeOptions.url, err: error },
      PROBLEMS[problem.code].title,
    )
  }
  if (error instanceof ActorEnded) {
    logger.warn({ event: 'auth.denied', request_id: request.id, reason: 'ended_meanwhile' }, error.message)
    void reply.header('www-authenticate', INVALID_KEY_CHALLENGE)
  }
  if (error instanceof StoreUnavailable) void reply.header('retry-after', String(error.retryAfterSeconds))
  return sendProblem(reply, problem)
}

export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof StoreUnavailable) return STORE_UNAVAILABLE
  if (error instanceof ActorEnded) return proofNeeded(error.kind === 'operator' ? 'operator' : 'admin_key')
  if (error instanceof UnreadableBody) return error.problem
  if (!('statusCode' in error)) return INTERNAL_ERROR
  if (error.validation !== undefined) return validationProblem(error.validation, error.validationContext)
  const { code, statusCode = 500 } = error
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return UNSUPPORTED_MEDIA_TYPE
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return BODY_TOO_LARGE
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return invalidRequest('The body is empty; send a JSON object.')
  if (code === 'FST_ERR_BAD_URL') return invalidRequest('The path holds a percent sign that encodes nothing.')
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return invalidRequest('A name in the path is too long.')
  // All other framework errors with a status below 500 mean that the framework could not read the body.
  if (statusCode >= 400 && statusCode < 500) {
    return invalidRequest('The body is not a JSON object that can be read safely.')
  }
  return INTERNAL_ERROR
}

const STORE_UNAVAILABLE: Problem = {
  code: 'store_unavailable',
  detail:
    'The store accepts no writes or does not answer. The server does not know of any change by this request. Try again.',
}

const INTERNAL_ERROR: Problem = {
  code: 'internal_error',
  detail: 'The log has the cause of this fault under this request_id.',
}

const UNSUPPORTED_MEDIA_TYPE: Problem = {
  code: 'unsupported_media_type',
  detail: 'Send the body as application/json.',
}

const BODY_TOO_LARGE: Problem = {
  code: 'body_too_large',
  detail: 'A body may have at most 64 KiB, and a manifest at most 1 MiB.',
}
