// Answers the requests that Node's HTTP parser rejects or that take too long, and closes their connections.
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import { describeBasicProblem, looksLikeWrappedBasic } from '@latchkey/protocol'
import type { ParserError } from '../../connections/limit-listener.ts'
import { newRequestId } from './request-id.ts'

/** Writes the answer and closes the connection. `extraHeaders` are names and values in turn. */
export function answerParserError(error: ParserError, socket: Duplex, extraHeaders: readonly string[]): void {
  const { status, description } = describe(error)
  const body = JSON.stringify({ error: 'invalid_request', error_description: description })
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${String(body.length)}`,
    'Cache-Control: no-store',
    'Pragma: no-cache',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${newRequestId()}`,
    'Connection: close',
    ...extraHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${extraHeaders[at + 1] ?? ''}`] : [])),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function describe({ code, rawPacket }: ParserError): { readonly status: number; readonly description: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, description: 'The request did not arrive in time.' }
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, description: 'The headers are larger than 16 KiB.' }
    default:
      return {
        status: 400,
        description: looksLikeWrappedBasic(rawPacket?.toString('latin1') ?? '')
          ? describeBasicProblem('white_space')
          : 'The request is not valid HTTP/1.1 (RFC 9112).',
      }
  }
}
