// The answers that the agent itself gives: JSON that no cache may store.
import type { ServerResponse } from 'node:http'
import type { TokenError } from '@latchkey/client'
import type { Rejection } from './caller-check.ts'

export function answerJson(
  response: ServerResponse,
  status: number,
  { body, headers = {} }: { readonly body: object; readonly headers?: Readonly<Record<string, string>> },
): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}

const WORDS: Readonly<Record<Rejection, readonly [status: number, error: string, description: string]>> = {
  two_hosts: [400, 'invalid_request', 'The request has more than one Host header. Send one.'],
  coding_unknown: [
    400,
    'invalid_request',
    'The agent cannot decode the transfer coding of the body. Send the body without a transfer coding, or chunked in HTTP/1.1.',
  ],
  browser: [403, 'forbidden', 'The agent does not serve web pages.'],
  foreign_host: [403, 'forbidden', 'The Host header must name loopback and the port of the agent.'],
  no_key: [401, 'unauthorized', 'The Authorization header must carry the agent key.'],
}

export function rejectCaller(response: ServerResponse, why: Rejection): void {
  const [status, error, error_description] = WORDS[why]
  const challenge: Record<string, string> =
    why === 'no_key' ? { 'www-authenticate': 'Bearer realm="latchkey agent"' } : {}
  // Closes the connection after this answer, because the agent does not read the rest of the request.
  answerJson(response, status, { body: { error, error_description }, headers: { ...challenge, connection: 'close' } })
}

/** Answers that the agent cannot get a token: with 503 if a retry may help, and with 502 otherwise. */
export function answerTokenError(response: ServerResponse, { code, message, isFinal, retryAfterMs }: TokenError): void {
  const wait = Math.max(1, Math.ceil((retryAfterMs ?? 1000) / 1000))
  const headers: Record<string, string> = isFinal ? {} : { 'retry-after': String(wait) }
  answerJson(response, isFinal ? 502 : 503, {
    body: { error: code.toLowerCase(), error_description: message },
    headers,
  })
}
