// An access token's text (RFC 9068, RFC 7515 §7.1): how a presented one is read without believing it.
import type { AccessTokenClaims } from './access-token-claims.ts'
import { decodeBase64url } from './base64url.ts'
import { readAnyForm, readObject, readWrittenForm } from './claims-readers.ts'
import { accept, refuse, type Result } from './result.ts'

/** A well-formed token of which nothing is proved yet. */
export interface PresentedToken {
  readonly kid: string
  readonly alg: string
  /** What the signature covers. */
  readonly signingInput: Uint8Array
  readonly signature: Uint8Array
  /** The claims as JSON: hand it to `readAccessTokenClaims` once the signature is known to be good. */
  readonly payload: Uint8Array
}

/** Longest token text that is looked at, in characters. */
export const MAX_ACCESS_TOKEN_LENGTH = 4096
const MAX_HEADER_LENGTH = 512

// Header parameters that bring their own key or change what a signature means (RFC 7515 §4.1, RFC 7797, RFC 8725 §3.10).
const FORBIDDEN_IN_HEADER = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c']

/**
 * Takes a presented text apart, cheapest checks first, and believes none of it: the caller picks the key by `kid`,
 * holds `alg` against that key's own, checks the signature, and only then reads the claims.
 */
export function readAccessToken(text: string): Result<PresentedToken, 'malformed'> {
  if (text.length > MAX_ACCESS_TOKEN_LENGTH) return refuse('malformed')
  const firstDot = text.indexOf('.')
  const lastDot = text.lastIndexOf('.')
  if (firstDot <= 0 || lastDot <= firstDot + 1 || lastDot === text.length - 1) return refuse('malformed')
  const bytes = Buffer.from(text)
  // A character beyond ASCII: the places in the text are not those in the bytes.
  if (bytes.length !== text.length) return refuse('malformed')
  // A dot more than two is in the payload then, and no character of it.
  const payload = decodeBase64url(bytes, firstDot + 1, lastDot)
  const signature = decodeBase64url(bytes, lastDot + 1, bytes.length)
  if (payload === undefined || signature === undefined) return refuse('malformed')
  const header = readHeader(text, bytes.subarray(0, firstDot))
  if (header === undefined) return refuse('malformed')
  const { kid, alg } = header
  return accept({ kid, alg, signingInput: bytes.subarray(0, lastDot), signature, payload })
}

/**
 * Reads the payload of a token whose signature is good. Claims that this version does not know are left out: a later
 * one may add some.
 */
export function readAccessTokenClaims(payload: Uint8Array): Result<AccessTokenClaims, 'malformed'> {
  const written = readWrittenForm(payload)
  return written === undefined ? readAnyForm(payload) : accept(written)
}

interface TokenHeader {
  readonly segment: string
  readonly kid: string
  readonly alg: string
}

// All tokens of a key begin alike: the same text need not be read again.
let lastHeader: TokenHeader | undefined

/** @param segment the beginning of `text`, up to its first dot */
function readHeader(text: string, segment: Uint8Array): TokenHeader | undefined {
  if (segment.length === lastHeader?.segment.length && text.startsWith(lastHeader.segment)) return lastHeader
  const bytes = segment.length > MAX_HEADER_LENGTH ? undefined : decodeBase64url(segment, 0, segment.length)
  const members = bytes && readObject(bytes)
  if (bytes === undefined || members === undefined) return undefined
  const { typ, alg, kid } = members
  if (typeof alg !== 'string' || typeof kid !== 'string' || !isAccessTokenType(typ)) return undefined
  if (FORBIDDEN_IN_HEADER.some((name) => Object.hasOwn(members, name))) return undefined
  // Made anew: a slice would keep the whole text of the token in memory.
  lastHeader = { segment: bytes.toString('base64url'), kid, alg }
  return lastHeader
}

// RFC 9068 §2.1 and §4: media types are compared without regard to case, `application/` may be left out.
const isAccessTokenType = (typ: unknown): boolean =>
  typeof typ === 'string' && ['at+jwt', 'application/at+jwt'].includes(typ.toLowerCase())
