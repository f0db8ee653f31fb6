// Answers the requests that Node's HTTP parser rejects or times out, and closes the connection. Such requests reach no
// route.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { newRequestId } from '../public/request-id.ts'
import { answerHeaders } from './answer-headers.ts'
import { type Problem, PROBLEM_TYPE, problemBody, statusOf } from './problems/problem.ts'

export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
  extraHeaders: Readonly<Record<string, string>>,
): void {
  const problem = problemOfCode(error.code)
  const status = statusOf(problem)
  const requestId = newRequestId()
  const body = problemBody(problem, requestId)
  const headers = {
    ...answerHeaders(requestId),
    ...extraHeaders,
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`)
  socket.destroySoon()
}

function problemOfCode(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { code: 'headers_too_large', detail: 'The headers together are larger than the limit.' }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 'request_timeout', detail: 'The request did not arrive in time.' }
  }
  return { code: 'malformed_request', detail: 'The request is not valid HTTP/1.1 (RFC 9112).' }
}
