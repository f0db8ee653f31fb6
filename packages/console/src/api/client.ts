// Sends requests to the admin API: JSON in both directions, with the header that only a script of this page can send.
import { isSomebodyThere } from './presence.ts'
import { NoAnswerError, problemOf } from './problem.ts'

export interface Ask<Body> {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: Body
  /** The version that the request changes. */
  readonly version?: number
  /** The idempotency key: a request that is sent twice with the same key takes effect once. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

/**
 * Sends one request. `Answer` and `Body` are types of the admin API for the answer and the request body. A caller that
 * sends a body names both types. Returns undefined for a 204. Throws a `ProblemError` for a refusal, and a
 * `NoAnswerError` if there is no answer.
 */
export async function ask<Answer, Body = undefined>(path: string, options: Ask<Body> = {}): Promise<Answer> {
  const { method = 'GET', body, version, idempotencyKey, signal } = options
  const headers: Record<string, string> = { accept: 'application/json', 'x-latchkey-console': '1' }
  if (!isSomebodyThere()) headers['x-latchkey-background'] = '1'
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (version !== undefined) headers['if-match'] = `"v${version}"`
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
  const response = await fetch(`/admin/v1${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause
    throw new NoAnswerError(cause)
  })
  if (!response.ok) throw await problemOf(response)
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

/** Encodes a text as a segment of a path. */
export const segment = (text: string): string => encodeURIComponent(text)
