// The Bearer scheme of RFC 6750: reads the token from a request, and writes the challenge of a refusal.

import type { OAuthErrorCode } from './oauth-error.ts'
import { accept, refuse } from './result.ts'
import type { Result } from './result.ts'

const LONGEST_TOKEN = 4096

// RFC 6750 §2.1: b64token
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * Reads the token from the value of an `Authorization` header (RFC 6750 §2.1). The refusal is `missing` if the header is
 * absent or has another scheme, and `malformed` if the token has invalid characters or more than 4096 characters.
 *
 * @example
 * ```ts
 * import { readBearer } from '@latchkey/protocol'
 *
 * const read = readBearer('Bearer eyJhbGciOi')
 * console.log(read.ok ? read.value : read.refusal) // eyJhbGciOi
 * ```
 */
export function readBearer(headerValue: string | undefined): Result<string, 'missing' | 'malformed'> {
  if (headerValue === undefined || !/^bearer(?:\s|$)/i.test(headerValue)) return refuse('missing')
  const token = headerValue.slice('bearer '.length)
  if (headerValue['bearer'.length] !== ' ' || token.length > LONGEST_TOKEN) return refuse('malformed')
  return B64TOKEN.test(token) ? accept(token) : refuse('malformed')
}

/** The attributes of a challenge (RFC 6750 §3). */
export interface BearerChallenge {
  /** The protection space (RFC 9110 §11.5). */
  readonly realm: string
  /** Left out if the request had no token (RFC 6750 §3.1). */
  readonly error?: OAuthErrorCode
  /** For the developer. Characters that a header cannot contain become `?`. */
  readonly errorDescription?: string
  /** The scope that the request needs. */
  readonly scope?: string
}

/**
 * Writes the value of a `WWW-Authenticate` header (RFC 6750 §3).
 *
 * @example
 * ```ts
 * import { bearerChallenge } from '@latchkey/protocol'
 *
 * console.log(bearerChallenge({ realm: 'api', error: 'invalid_token' })) // Bearer realm="api", error="invalid_token"
 * ```
 */
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

// A quoted-string by RFC 9110 §5.6.4. Characters that a header cannot contain are replaced, so that they cannot split
// the header.
const quoted = (text: string): string => `"${text.replace(/[^ -~]/gu, '?').replace(/["\\]/g, '\\$&')}"`
