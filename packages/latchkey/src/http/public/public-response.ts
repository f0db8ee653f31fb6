// An answer of the public listener, before it is put on the socket.
import type { ServerResponse } from 'node:http'
import type { Resolvers } from '../../domain/resolvers.ts'
import type { PublicRequest } from './public-request.ts'

export interface PublicResponse {
  readonly status: number
  /** Names and values in turn; content type, length, date and request id are added by the listener. */
  readonly headers: readonly string[]
  /** Undefined for an empty body: an answer without a body has no content type. */
  readonly content: Content | undefined
}

export interface Content {
  readonly type: string
  /** Not empty. */
  readonly text: string
}

/** An answer that goes on: its connection serves nothing else any more. */
export interface StreamResponse {
  readonly status: 200
  readonly headers: readonly string[]
  /** Is handed the answer with its head written; has to end it. */
  readonly begin: (answer: ServerResponse) => void
}

export type PublicAnswer = PublicResponse | StreamResponse

/** Returns the answer, or a promise of it. Undefined if the answer goes to `later`. */
export type Handler = (
  request: PublicRequest,
  later: Resolvers<PublicAnswer>,
) => PublicAnswer | Promise<PublicAnswer> | undefined

/** The answer of a handler, whether or not it takes its time. */
export const answerOf = (handler: Handler, request: PublicRequest): Promise<PublicAnswer> =>
  new Promise((resolve, reject) => {
    const answer = handler(request, { resolve, reject })
    if (answer !== undefined) resolve(answer)
  })

// RFC 6749 §5.1: no cache may keep an answer that holds a token; the others follow, so that nothing has to be thought of.
const NEVER_STORED = ['Cache-Control', 'no-store', 'Pragma', 'no-cache', 'X-Content-Type-Options', 'nosniff'] as const

/** A JSON document that no cache keeps. `text` is the document itself. */
export const jsonResponse = (status: number, text: string, headers: readonly string[] = []): PublicResponse => ({
  status,
  headers: headers.length === 0 ? NEVER_STORED : [...NEVER_STORED, ...headers],
  content: { type: 'application/json', text },
})

/** An answer without a body, told by its headers alone. */
export const emptyResponse = (status: number, headers: readonly string[] = []): PublicResponse => ({
  status,
  headers: [...NEVER_STORED, ...headers],
  content: undefined,
})

/** An answer without an end, that no cache keeps. */
export const streamResponse = (headers: readonly string[], begin: StreamResponse['begin']): StreamResponse => ({
  status: 200,
  headers: [...NEVER_STORED, ...headers],
  begin,
})
