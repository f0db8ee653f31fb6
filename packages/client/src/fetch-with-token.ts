// fetch with the current token, and one more attempt if the API answers 401.
import type { Reason } from '@latchkey/protocol'
import { readReason } from './refusal-reason.ts'

/** The part of a {@link TokenManager} that a sender of requests needs. */
export interface TokenSource {
  /** Returns the current token. */
  getToken(): Promise<string>
  /** Replaces a token that an API refused with 401. Returns undefined if another attempt is useless. */
  replaceRefused(token: string, reason?: Reason): Promise<string | undefined>
}

/** See `TokenManager.fetchWithToken`. */
export async function fetchWithToken(
  tokens: TokenSource,
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const token = await tokens.getToken()
  const response = await fetch(input, withToken(input, init, token))
  // After a redirect to another origin fetch sends no Authorization, so a 401 of that origin does not concern the
  // token.
  if (response.status !== 401 || leftOrigin(input, response)) return response
  const next = await tokens.replaceRefused(token, readReason(response.headers.get('latchkey-reason')))
  if (next === undefined || !canRepeat(input, init)) return response
  // An error of the body does not matter, because nothing reads the body of the first answer.
  await response.body?.cancel().catch(() => undefined)
  return fetch(input, withToken(input, init, next))
}

function withToken(input: string | URL | Request, init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined))
  headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}

// A body that is a stream cannot be sent twice.
function canRepeat(input: string | URL | Request, { body }: RequestInit): boolean {
  if (body === undefined || body === null) return !(input instanceof Request) || input.body === null
  return (
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  )
}

function leftOrigin(input: string | URL | Request, response: Response): boolean {
  if (!response.redirected) return false
  const requested = input instanceof Request ? input.url : input
  return new URL(requested).origin !== new URL(response.url).origin
}
