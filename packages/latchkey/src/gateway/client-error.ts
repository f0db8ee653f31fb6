// Answers the requests that Node's HTTP parser rejects or times out, and closes the connection.
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { newRequestId } from '../http/public/request-id.ts'
import { type Problem, problemBody, problemHeaders } from './problem.ts'

export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  const problem = problemOf(error.code)
  const requestId = newRequestId()
  const body = problemBody(problem, requestId)
  const headers = {
    ...problemHeaders(problem),
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? ''}\r\n${head.join('')}\r\n${body}`)
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'request_timeout', detail: 'The request did not arrive in time.' }
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, code: 'headers_too_large', detail: 'The headers together are larger than the limit.' }
    default:
      return { status: 400, code: 'invalid_request', detail: 'The request is not valid HTTP/1.1 (RFC 9112).' }
  }
}
