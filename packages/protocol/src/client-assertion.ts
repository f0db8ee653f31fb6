// Reads the text of a client assertion (RFC 7523 §2.2 and §3) without trusting it.
import { decodeBase64url } from './base64url.ts'
import { readObject } from './claims-readers.ts'
import { accept, refuse, type Result } from './result.ts'

/**
 * The `client_assertion_type` of a JWT (RFC 7523 §2.2).
 *
 * @example
 * ```ts
 * import { JWT_BEARER } from '@latchkey/protocol'
 *
 * console.log(JWT_BEARER) // urn:ietf:params:oauth:client-assertion-type:jwt-bearer
 * ```
 */
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * The longest assertion text that {@link readClientAssertion} accepts, in characters.
 *
 * @example
 * ```ts
 * import { MAX_ASSERTION_LENGTH } from '@latchkey/protocol'
 *
 * console.log(MAX_ASSERTION_LENGTH) // 8192
 * ```
 */
export const MAX_ASSERTION_LENGTH = 8192
const MAX_HEADER_BYTES = 1024

/**
 * The algorithms of client assertions. RS512 and the like are left out because no platform needs them; ES512 because one
 * verification takes 1.5 ms; HS256 because the server keeps no secret text.
 *
 * @example
 * ```ts
 * import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
 *
 * console.log(ASSERTION_ALGORITHMS.includes('none')) // false
 * ```
 */
export const ASSERTION_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** What is wrong with the form of an assertion. None of these depends on what the server stores. */
export type AssertionFault =
  | 'assertion_malformed'
  | 'assertion_header_unusable'
  | 'assertion_typ_unusable'
  | 'assertion_alg_unusable'
  | 'assertion_claims_unusable'

/** A well-formed assertion of a client. Its signature is not checked yet: do not trust its contents. */
export interface PresentedAssertion {
  /** One of {@link ASSERTION_ALGORITHMS}. Compare it with the algorithm of the key. Never choose an algorithm by it. */
  readonly alg: string
  /** The ID of the key (RFC 7515 §4.1.4). Undefined if the header names none. */
  readonly kid: string | undefined
  /** The client ID: `iss` and `sub` are equal (RFC 7523 §3). */
  readonly clientId: string
  /** The claim `aud` as it was sent. */
  readonly audience: unknown
  readonly jti: string
  /** In seconds since the epoch. */
  readonly expiresAt: number
  /** In seconds since the epoch. Undefined if the claim `iat` is absent. */
  readonly issuedAt: number | undefined
  /** In seconds since the epoch. Undefined if the claim `nbf` is absent. */
  readonly notBefore: number | undefined
  /** The bytes that the signature covers (RFC 7515 §5.2). */
  readonly signingInput: Uint8Array
  readonly signature: Uint8Array
}

// Header parameters that bring their own key, change the meaning of a signature, or announce another form.
const FORBIDDEN_IN_HEADER = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc']

/** Compared without regard to case; `application/` may stand in front. An access token's `at+jwt` is none of them. */
const TYPES = ['jwt', 'client-authentication+jwt']

const KEY_ID = /^[\x20-\x7e]{1,256}$/

/**
 * Splits an assertion of a client into its parts and checks its form, the cheap checks first. The caller then finds the
 * key, verifies the signature, and compares audience and times.
 *
 * Refuses with an {@link AssertionFault} that names the part: a text of more than {@link MAX_ASSERTION_LENGTH}
 * characters or with unused bits in base64url, a header with a key of its own, another `typ` or `alg`, and claims that
 * are absent, repeated or of another type.
 *
 * @example
 * ```ts
 * import { readClientAssertion } from '@latchkey/protocol'
 *
 * const read = readClientAssertion('not an assertion')
 * console.log(read.ok ? read.value.clientId : read.refusal) // assertion_malformed
 * ```
 */
export function readClientAssertion(text: string): Result<PresentedAssertion, AssertionFault> {
  if (text.length > MAX_ASSERTION_LENGTH) return refuse('assertion_malformed')
  const parts = text.split('.')
  const bytes = Buffer.from(text)
  if (parts.length !== 3 || bytes.length !== text.length) return refuse('assertion_malformed')
  const [first = '', second = ''] = parts
  const payloadStart = first.length + 1
  const signatureStart = payloadStart + second.length + 1
  const headerBytes = decodeBase64url(bytes, 0, first.length)
  const payloadBytes = decodeBase64url(bytes, payloadStart, signatureStart - 1)
  const signature = decodeBase64url(bytes, signatureStart, bytes.length)
  if (headerBytes === undefined || payloadBytes === undefined || signature === undefined || signature.length === 0) {
    return refuse('assertion_malformed')
  }
  if (headerBytes.length > MAX_HEADER_BYTES) return refuse('assertion_header_unusable')
  const header = readObject(headerBytes)
  const claims = readObject(payloadBytes)
  if (header === undefined || claims === undefined) return refuse('assertion_malformed')
  const read = readHeader(header)
  if (!read.ok) return read
  const { iss, sub, aud, jti, exp, iat, nbf } = claims
  const isNamed = typeof iss === 'string' && iss === sub && iss !== ''
  const isSingle = typeof jti === 'string' && jti !== '' && Buffer.byteLength(jti) <= 255
  const hasTimes = isTime(exp) && (iat === undefined || isTime(iat)) && (nbf === undefined || isTime(nbf))
  const hasLifetime = iat === undefined || (isTime(exp) && isTime(iat) && exp > iat)
  if (!isNamed || !isSingle || !hasTimes || !hasLifetime) return refuse('assertion_claims_unusable')
  return accept({
    ...read.value,
    ...{ clientId: iss, audience: aud, jti, expiresAt: exp, issuedAt: iat, notBefore: nbf },
    ...{ signingInput: bytes.subarray(0, signatureStart - 1), signature },
  })
}

function readHeader(
  header: Readonly<Record<string, unknown>>,
): Result<Pick<PresentedAssertion, 'alg' | 'kid'>, AssertionFault> {
  const { alg, kid, typ } = header
  if (FORBIDDEN_IN_HEADER.some((name) => Object.hasOwn(header, name))) return refuse('assertion_header_unusable')
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid))) return refuse('assertion_header_unusable')
  if (typ !== undefined && !isAssertionType(typ)) return refuse('assertion_typ_unusable')
  // RFC 9864 calls EdDSA with this curve Ed25519.
  const name = alg === 'Ed25519' ? 'EdDSA' : alg
  if (typeof name !== 'string' || !ASSERTION_ALGORITHMS.includes(name)) return refuse('assertion_alg_unusable')
  return accept({ alg: name, kid })
}

const isAssertionType = (typ: unknown): boolean =>
  typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''))

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
