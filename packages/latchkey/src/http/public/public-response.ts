// An answer of the public listener, before the listener writes it.
import type { ServerResponse } from 'node:http'
import type { Resolvers } from '../../domain/resolvers.ts'
import type { PublicRequest } from './public-request.ts'

export interface PublicResponse {
  readonly status: number
  /** The names and values in turn. The listener adds content type, length, date and request id. */
  readonly headers: readonly string[]
  /** The body and its media type. Undefined for an empty body. */
  readonly content: Content | undefined
}

export interface Content {
  readonly type: string
  /** The text of the body. It is never empty. */
  readonly text: string
}

/** An answer that stays open, such as an event stream. The server handles no other request on its connection. */
export interface StreamResponse {
  readonly status: 200
  readonly headers: readonly string[]
  /** The listener calls this function after it has written the head. The function must end the response. */
  readonly begin: (answer: ServerResponse) => void
}

export type PublicAnswer = PublicResponse | StreamResponse

/** Handles a request. Returns the answer or a promise of it, or returns undefined and passes the answer to `later`. */
export type Handler = (
  request: PublicRequest,
  later: Resolvers<PublicAnswer>,
) => PublicAnswer | Promise<PublicAnswer> | undefined

/** Returns a promise of the answer, for each of the three ways in which a handler can answer. */
export const answerOf = (handler: Handler, request: PublicRequest): Promise<PublicAnswer> =>
  new Promise((resolve, reject) => {
    const answer = handler(request, { resolve, reject })
    if (answer !== undefined) resolve(answer)
  })

// RFC 6749 §5.1: no cache may store an answer that contains a token. All other answers follow the same rule.
const NEVER_STORED = ['Cache-Control', 'no-store', 'Pragma', 'no-cache', 'X-Content-Type-Options', 'nosniff'] as const

/** Makes an answer with a JSON document that no cache stores. `text` is the document. */
export const jsonResponse = (status: number, text: string, headers: readonly string[] = []): PublicResponse => ({
  status,
  headers: headers.length === 0 ? NEVER_STORED : [...NEVER_STORED, ...headers],
  content: { type: 'application/json', text },
})

/** Makes an answer without a body. */
export const emptyResponse = (status: number, headers: readonly string[] = []): PublicResponse => ({
  status,
  headers: [...NEVER_STORED, ...headers],
  content: undefined,
})

/** Makes an answer that stays open and that no cache stores. */
export const streamResponse = (headers: readonly string[], begin: StreamResponse['begin']): StreamResponse => ({
  status: 200,
  headers: [...NEVER_STORED, ...headers],
  begin,
})
