// The answers that the gateway itself gives: refusals of tokens, and problem documents.
import type { RefusedDecision } from '@latchkey/guard'
import type { Exchange } from './exchange.ts'
import { expectsContinue } from './listener.ts'
import { type Problem, problemBody, problemHeaders, PROBLEMS } from './problem.ts'

export function sendRefusal(exchange: Exchange, { status, headers, body, reason, claims }: RefusedDecision): void {
  exchange.reason = reason
  if (claims !== undefined) exchange.claims = claims
  finish(exchange, { status, headers, body, endsConnection: false })
}

export function sendProblem(exchange: Exchange, problem: Problem): void {
  exchange.reason ??= problem.code
  finish(exchange, {
    status: problem.status,
    headers: problemHeaders(problem),
    body: problemBody(problem, exchange.id),
    endsConnection: problem === PROBLEMS.codingUnknown,
  })
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly endsConnection: boolean
}

/**
 * Sends an answer, unless another answer has already begun. Closes the connection if the caller will not send the rest
 * of its body, because the body is too large or because the caller waits for `100 Continue`.
 */
function finish({ id, request, response }: Exchange, { status, headers, body, endsConnection }: Answer): void {
  if (response.headersSent || response.destroyed) return
  const isEndless = expectsContinue(request) || status === PROBLEMS.bodyTooLarge.status
  response.writeHead(status, {
    ...headers,
    'x-request-id': id,
    'content-length': Buffer.byteLength(body),
    ...((endsConnection || (isEndless && !request.complete)) && { connection: 'close' }),
  })
  response.end(body)
}
