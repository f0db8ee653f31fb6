// Reads the text of an access token (RFC 9068, RFC 7515 §7.1) without trusting it.
import type { AccessTokenClaims } from './access-token-claims.ts'
import { decodeBase64url } from './base64url.ts'
import { readAnyForm, readObject, readWrittenForm } from './claims-readers.ts'
import { accept, refuse, type Result } from './result.ts'

/** A well-formed token whose signature is not checked yet. Do not trust its contents. */
export interface PresentedToken {
  /** The ID of the key that signed the token, according to its header (RFC 7515 §4.1.4). */
  readonly kid: string
  /**
   * The algorithm according to the header. Compare it with the algorithm of the key. Never choose an algorithm by it.
   */
  readonly alg: string
  /** The bytes that the signature covers (RFC 7515 §5.2). */
  readonly signingInput: Uint8Array
  /** The bytes of the signature. */
  readonly signature: Uint8Array
  /** The claims as JSON. Pass it to {@link readAccessTokenClaims} after the signature was verified. */
  readonly payload: Uint8Array
}

/**
 * The longest token text that {@link readAccessToken} accepts, in characters.
 *
 * @example
 * ```ts
 * import { MAX_ACCESS_TOKEN_LENGTH } from '@latchkey/protocol'
 *
 * console.log(MAX_ACCESS_TOKEN_LENGTH) // 4096
 * ```
 */
export const MAX_ACCESS_TOKEN_LENGTH = 4096
const MAX_HEADER_LENGTH = 512

// Header parameters that bring their own key or change the meaning of a signature (RFC 7515 §4.1, RFC 7797, RFC 8725
// §3.10).
const FORBIDDEN_IN_HEADER = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c']

/**
 * Splits a presented token into its parts (RFC 7515 §7.1) without checking its signature. Cheap checks come first. The
 * caller then finds the key by `kid`, compares `alg` with the algorithm of that key, verifies the signature, and only
 * then reads the claims.
 *
 * Refuses as `malformed`: a text longer than {@link MAX_ACCESS_TOKEN_LENGTH}, another `typ` than `at+jwt` (RFC 9068
 * §4), padding or unused bits in base64url, and a header that brings its own key (`jwk`, `jku`, `x5u`, `x5c`) or
 * `crit`.
 *
 * @example
 * ```ts
 * import { readAccessToken } from '@latchkey/protocol'
 *
 * const read = readAccessToken('not a token')
 * console.log(read.ok ? read.value.kid : read.refusal) // malformed
 * ```
 */
export function readAccessToken(text: string): Result<PresentedToken, 'malformed'> {
  if (text.length > MAX_ACCESS_TOKEN_LENGTH) return refuse('malformed')
  const firstDot = text.indexOf('.')
  const lastDot = text.lastIndexOf('.')
  if (firstDot <= 0 || lastDot <= firstDot + 1 || lastDot === text.length - 1) return refuse('malformed')
  const bytes = Buffer.from(text)
  // The text has a character beyond ASCII, so positions in the text and positions in the bytes differ.
  if (bytes.length !== text.length) return refuse('malformed')
  // A third dot would be inside the payload, where it is not a base64url character.
  const payload = decodeBase64url(bytes, firstDot + 1, lastDot)
  const signature = decodeBase64url(bytes, lastDot + 1, bytes.length)
  if (payload === undefined || signature === undefined) return refuse('malformed')
  const header = readHeader(text, bytes.subarray(0, firstDot))
  if (header === undefined) return refuse('malformed')
  const { kid, alg } = header
  return accept({ kid, alg, signingInput: bytes.subarray(0, lastDot), signature, payload })
}

/**
 * Reads the payload of a token after its signature was verified. Ignores claims that this version does not know,
 * because a later version may add some. Refuses as `malformed` a payload that lacks a claim, has one twice, or has one
 * of another type.
 *
 * @example
 * ```ts
 * import { readAccessTokenClaims } from '@latchkey/protocol'
 *
 * const read = readAccessTokenClaims(Buffer.from('{"iss":"https://auth.example.com"}'))
 * console.log(read.ok ? read.value.jti : read.refusal) // malformed
 * ```
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

// All tokens that one key signs have the same header, so the last header is cached.
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
  // The text is copied, because a slice would keep the whole text of the token in memory.
  lastHeader = { segment: bytes.toString('base64url'), kid, alg }
  return lastHeader
}

// RFC 9068 §2.1 and §4: the media type is compared without regard to case, and `application/` may be left out.
const isAccessTokenType = (typ: unknown): boolean =>
  typeof typ === 'string' && ['at+jwt', 'application/at+jwt'].includes(typ.toLowerCase())
