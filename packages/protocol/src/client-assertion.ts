// Reads the text of a client assertion (RFC 7523 §2.2 and §3) without trusting it. The client or its platform signed
// the assertion.
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
 * The `client_assertion_type` of a JWT-SVID (draft-ietf-oauth-spiffe-client-auth). The server takes the issuer from the
 * trust domain in `sub` and ignores `iss`.
 *
 * @example
 * ```ts
 * import { JWT_SPIFFE } from '@latchkey/protocol'
 *
 * console.log(JWT_SPIFFE) // urn:ietf:params:oauth:client-assertion-type:jwt-spiffe
 * ```
 */
export const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

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
 * The algorithms of client assertions. The list leaves out RS512 and similar algorithms, because no platform needs
 * them. It leaves out ES512, because one verification takes 1.5 ms. It leaves out HS256, because the server stores no
 * secret in plain text.
 *
 * @example
 * ```ts
 * import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
 *
 * console.log(ASSERTION_ALGORITHMS.includes('none')) // false
 * ```
 */
export const ASSERTION_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA']

/**
 * The algorithms of the assertions that platforms sign: those of {@link ASSERTION_ALGORITHMS}, and ES384.
 *
 * @example
 * ```ts
 * import { PLATFORM_ALGORITHMS } from '@latchkey/protocol'
 *
 * console.log(PLATFORM_ALGORITHMS.includes('ES384')) // true
 * ```
 */
export const PLATFORM_ALGORITHMS: readonly string[] = [...ASSERTION_ALGORITHMS, 'ES384']

/** What is wrong with the form of an assertion. None of these depends on what the server stores. */
export type AssertionFault =
  | 'assertion_malformed'
  | 'assertion_header_unusable'
  | 'assertion_typ_unusable'
  | 'assertion_alg_unusable'
  | 'assertion_claims_unusable'

/** The members that every well-formed assertion has. Its signature is not checked yet: do not trust its contents. */
export interface AssertionParts {
  /** Compare it with the algorithm of the key. Never choose an algorithm by it. */
  readonly alg: string
  /** The ID of the key (RFC 7515 §4.1.4). Undefined if the header names none. */
  readonly kid: string | undefined
  /** The claim `aud` as it was sent. */
  readonly audience: unknown
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

/** An assertion that names a client as its issuer: the client signed it with its own key. */
export interface OwnAssertion extends AssertionParts {
  readonly kind: 'own'
  /** The client ID: `iss` and `sub` are equal (RFC 7523 §3). */
  readonly clientId: string
  readonly jti: string
}

/** An assertion of another issuer about a workload: a Kubernetes service account, a workflow run or the like. */
export interface PlatformAssertion extends AssertionParts {
  readonly kind: 'platform'
  /** The claim `iss`. For a JWT-SVID, the trust domain in `sub`, such as `spiffe://example.org`. */
  readonly issuer: string
  /** The claim `sub`: 1 to 1,024 bytes. */
  readonly subject: string
  /** Undefined if the claim is absent. */
  readonly jti: string | undefined
  /** All claims. */
  readonly claims: Readonly<Record<string, unknown>>
}

export type PresentedAssertion = OwnAssertion | PlatformAssertion

// Header parameters that bring their own key, change the meaning of a signature, or announce another form.
const FORBIDDEN_IN_HEADER = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc']

/**
 * The accepted values of `typ`, compared without regard to case and with or without `application/`. The type `at+jwt`
 * is missing, so that an access token cannot serve as an assertion.
 */
const TYPES = ['jwt', 'client-authentication+jwt']

const MAX_SUBJECT_BYTES = 1024

/** The form of a client ID of Latchkey. An `iss` of this form is a client, and every other one a platform. */
const CLIENT_ID = /^lk[a-z0-9]{14}$/

const SPIFFE_ID = /^(spiffe:\/\/[a-z0-9._-]{1,255})\/./

const KEY_ID = /^[\x20-\x7e]{1,256}$/

/**
 * Splits an assertion into its parts and checks its form, the cheap checks first. The caller then finds the key,
 * verifies the signature, and compares audience and times.
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
 * console.log(read.ok ? read.value.kind : read.refusal) // assertion_malformed
 * ```
 */
export function readClientAssertion(
  text: string,
  type: typeof JWT_BEARER | typeof JWT_SPIFFE = JWT_BEARER,
): Result<PresentedAssertion, AssertionFault> {
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
  const { aud, exp, iat, nbf } = claims
  const hasTimes = isTime(exp) && (iat === undefined || isTime(iat)) && (nbf === undefined || isTime(nbf))
  const hasLifetime = iat === undefined || (isTime(exp) && isTime(iat) && exp > iat)
  if (!hasTimes || !hasLifetime) return refuse('assertion_claims_unusable')
  const common: AssertionParts = {
    ...read.value,
    ...{ audience: aud, expiresAt: exp, issuedAt: iat, notBefore: nbf },
    ...{ signingInput: bytes.subarray(0, signatureStart - 1), signature },
  }
  const isOwn = type === JWT_BEARER && typeof claims['iss'] === 'string' && CLIENT_ID.test(claims['iss'])
  return isOwn ? readOwn(header, claims, common) : readPlatform(claims, type, common)
}

function readOwn(
  header: Readonly<Record<string, unknown>>,
  { iss, sub, jti }: Readonly<Record<string, unknown>>,
  parts: AssertionParts,
): Result<OwnAssertion, AssertionFault> {
  if (isJose(header['typ'])) return refuse('assertion_typ_unusable')
  if (!ASSERTION_ALGORITHMS.includes(parts.alg)) return refuse('assertion_alg_unusable')
  const isSingle = typeof jti === 'string' && jti !== '' && Buffer.byteLength(jti) <= 255
  if (typeof iss !== 'string' || iss !== sub || !isSingle) return refuse('assertion_claims_unusable')
  return accept({ kind: 'own', ...parts, clientId: iss, jti })
}

function readPlatform(
  claims: Readonly<Record<string, unknown>>,
  type: string,
  parts: AssertionParts,
): Result<PlatformAssertion, AssertionFault> {
  const { iss, sub, jti } = claims
  const isNamed = typeof sub === 'string' && sub !== '' && Buffer.byteLength(sub) <= MAX_SUBJECT_BYTES
  if (!isNamed || (jti !== undefined && typeof jti !== 'string')) return refuse('assertion_claims_unusable')
  const issuer = type === JWT_SPIFFE ? SPIFFE_ID.exec(sub)?.[1] : iss
  if (typeof issuer !== 'string' || issuer === '') return refuse('assertion_claims_unusable')
  return accept({ kind: 'platform', ...parts, issuer, subject: sub, jti: jti === '' ? undefined : jti, claims })
}

function readHeader(
  header: Readonly<Record<string, unknown>>,
): Result<Pick<AssertionParts, 'alg' | 'kid'>, AssertionFault> {
  const { alg, kid, typ } = header
  if (FORBIDDEN_IN_HEADER.some((name) => Object.hasOwn(header, name))) return refuse('assertion_header_unusable')
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid))) return refuse('assertion_header_unusable')
  if (typ !== undefined && !isAssertionType(typ) && !isJose(typ)) return refuse('assertion_typ_unusable')
  // RFC 9864 calls EdDSA with this curve Ed25519.
  const name = alg === 'Ed25519' ? 'EdDSA' : alg
  if (typeof name !== 'string' || !PLATFORM_ALGORITHMS.includes(name)) return refuse('assertion_alg_unusable')
  return accept({ alg: name, kid })
}

const isAssertionType = (typ: unknown): boolean =>
  typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''))

/** Some platforms name the serialization (RFC 7515 §4.1.9) in place of the content. */
const isJose = (typ: unknown): boolean => typeof typ === 'string' && typ.toLowerCase() === 'jose'

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
