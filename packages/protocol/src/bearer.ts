// The Bearer scheme of RFC 6750: reading the token from a request, writing the challenge of a refusal.

import type { OAuthErrorCode } from './oauth-error.ts'
import { accept, refuse } from './result.ts'
import type { Result } from './result.ts'

const LONGEST_TOKEN = 4096

// RFC 6750 §2.1: b64token
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * The token in the value of an Authorization header. Another scheme counts as `missing`, since no bearer token was
 * sent; a token over 4096 characters or outside RFC 6750 §2.1 is `malformed`.
 */
export function readBearer(headerValue: string | undefined): Result<string, 'missing' | 'malformed'> {
  if (headerValue === undefined || !/^bearer(?:\s|$)/i.test(headerValue)) return refuse('missing')
  const token = headerValue.slice('bearer '.length)
  if (headerValue['bearer'.length] !== ' ' || token.length > LONGEST_TOKEN) return refuse('malformed')
  return B64TOKEN.test(token) ? accept(token) : refuse('malformed')
}

/** The attributes of a challenge, RFC 6750 §3. Without `error` it only says that a token is needed. */
export interface BearerChallenge {
  readonly realm: string
  readonly error?: OAuthErrorCode
  readonly errorDescription?: string
  /** The scope that the request needs. */
  readonly scope?: string
}

/** The value of a WWW-Authenticate header. */
export function bearerChallenge(parameters: BearerChallenge): string {
  const attributes = [
    ['realm', parameters.realm],
    ['error', parameters.error],
    ['error_description', parameters.errorDescription],
    ['scope', parameters.scope],
  ] as const
  const written = attributes.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]))
  return `Bearer ${written.join(', ')}`
}

// RFC 9110 §5.6.4; a character that may not stand in a header at all must not split it.
const quoted = (text: string): string => `"${text.replace(/[^ -~]/gu, '?').replace(/["\\]/g, '\\$&')}"`
