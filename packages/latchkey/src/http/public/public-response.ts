// An answer of the public listener, before it is put on the socket.
import type { ServerResponse } from 'node:http'
import type { PublicRequest } from './public-request.ts'

export interface PublicResponse {
  readonly status: number
  /** Names and values in turn; length, date and request id are added by the listener. */
  readonly headers: readonly string[]
  readonly body: string
}

/** An answer that goes on: its connection serves nothing else any more. */
export interface StreamResponse {
  readonly status: 200
  readonly headers: readonly string[]
  /** Is handed the answer with its head written; has to end it. */
  readonly begin: (answer: ServerResponse) => void
}

export type PublicAnswer = PublicResponse | StreamResponse

export type Handler = (request: PublicRequest) => PublicAnswer | Promise<PublicAnswer>

// RFC 6749 §5.1: no cache may keep an answer that holds a token; the others follow, so that nothing has to be thought of.
const NEVER_STORED = ['Cache-Control', 'no-store', 'Pragma', 'no-cache', 'X-Content-Type-Options', 'nosniff'] as const
const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json', ...NEVER_STORED]
const EMPTY_HEADERS: readonly string[] = NEVER_STORED

/** A JSON document that no cache keeps. `text` is the document itself. */
export const jsonResponse = (status: number, text: string, headers: readonly string[] = []): PublicResponse => ({
  status,
  headers: headers.length === 0 ? JSON_HEADERS : [...JSON_HEADERS, ...headers],
  body: text,
})

/** An answer without a body, told by its headers alone. */
export const emptyResponse = (status: number, headers: readonly string[]): PublicResponse => ({
  status,
  headers: [...EMPTY_HEADERS, ...headers],
  body: '',
})

/** An answer without an end, that no cache keeps. */
export const streamResponse = (headers: readonly string[], begin: StreamResponse['begin']): StreamResponse => ({
  status: 200,
  headers: [...EMPTY_HEADERS, ...headers],
  begin,
})
