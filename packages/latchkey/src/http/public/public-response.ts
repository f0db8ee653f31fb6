// An answer of the public listener, before it is put on the socket.
import type { PublicRequest } from './public-request.ts'

export interface PublicResponse {
  readonly status: number
  /** Names and values in turn; length, date and request id are added by the listener. */
  readonly headers: readonly string[]
  readonly body: string
}

export type Handler = (request: PublicRequest) => PublicResponse | Promise<PublicResponse>

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
