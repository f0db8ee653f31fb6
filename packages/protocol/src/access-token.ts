// An access token's text and claims (RFC 9068): what we put in, and how a presented one is read without believing it.
import { decodeUtf8 } from './basic-encoding.ts'
import { repeatedMember } from './repeated-member.ts'
import { accept, refuse, type Result } from './result.ts'
import { isScope, type Scope } from './scope.ts'

/** The claims of an access token, by their names on the wire. */
export interface AccessTokenClaims {
  readonly iss: string
  /** Always the `client_id`: no user is involved in a client credentials grant. */
  readonly sub: string
  readonly client_id: string
  readonly aud: string
  /** Seconds since the epoch. */
  readonly iat: number
  /** Seconds since the epoch; the token is expired from this second on. */
  readonly exp: number
  /** A UUID in lower case. */
  readonly jti: string
  /** Exactly one scope. */
  readonly scope: Scope
  /** The slot's generation: orders the tokens of a client and scope, however clocks are set. */
  readonly gen: number
  /** The `client_id` once more, and the scope as an array, for verifiers written for the reference platform. */
  readonly cid: string
  readonly scp: readonly [Scope]
  readonly ver: 1
}

/** What has to be decided to issue a token; the rest of its claims follows. */
export interface AccessTokenFacts {
  readonly issuer: string
  readonly clientId: string
  readonly scope: Scope
  readonly audience: string
  readonly jti: string
  readonly generation: number
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** A well-formed token of which nothing is proved yet. */
export interface PresentedToken {
  readonly kid: string
  readonly alg: string
  /** What the signature covers: ASCII. */
  readonly signingInput: string
  readonly signature: Uint8Array
  /** The claims as JSON: hand it to `readAccessTokenClaims` once the signature is known to be good. */
  readonly payload: Uint8Array
}

/** Longest token text that is looked at, in characters. */
export const MAX_ACCESS_TOKEN_LENGTH = 4096
const MAX_HEADER_LENGTH = 512

// Header parameters that bring their own key or change what a signature means (RFC 7515 §4.1, RFC 7797, RFC 8725 §3.10).
const FORBIDDEN_IN_HEADER = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c']

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The claims of a token to issue, frozen. */
export const accessTokenClaims = (facts: AccessTokenFacts): AccessTokenClaims =>
  Object.freeze({
    iss: facts.issuer,
    sub: facts.clientId,
    client_id: facts.clientId,
    aud: facts.audience,
    iat: facts.issuedAt,
    exp: facts.expiresAt,
    jti: facts.jti,
    scope: facts.scope,
    gen: facts.generation,
    cid: facts.clientId,
    scp: Object.freeze([facts.scope] as const),
    ver: 1,
  })

/** The claims as JSON, always in the same order: re-signing recorded claims repeats the text (RS256 and EdDSA). */
export function accessTokenPayload(claims: AccessTokenClaims): string {
  const { iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver } = claims
  return JSON.stringify({ iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver })
}

/**
 * Takes a presented text apart, cheapest checks first, and believes none of it: the caller picks the key by `kid`,
 * holds `alg` against that key's own, checks the signature, and only then reads the claims.
 */
export function readAccessToken(text: string): Result<PresentedToken, 'malformed'> {
  if (text.length > MAX_ACCESS_TOKEN_LENGTH) return refuse('malformed')
  const firstDot = text.indexOf('.')
  const lastDot = text.lastIndexOf('.')
  if (firstDot <= 0 || lastDot <= firstDot + 1 || lastDot === text.length - 1) return refuse('malformed')
  // A dot more than two is in the payload then, and no character of it.
  const payload = decode(text.slice(firstDot + 1, lastDot))
  const signature = decode(text.slice(lastDot + 1))
  if (payload === undefined || signature === undefined) return refuse('malformed')
  const header = readHeader(text.slice(0, firstDot))
  if (header === undefined) return refuse('malformed')
  const { kid, alg } = header
  return accept({ kid, alg, signingInput: text.slice(0, lastDot), signature, payload })
}

/**
 * Reads the payload of a token whose signature is good. Claims that this version does not know are left out: a later
 * one may add some.
 */
export function readAccessTokenClaims(payload: Uint8Array): Result<AccessTokenClaims, 'malformed'> {
  const members = readObject(payload)
  if (members === undefined) return refuse('malformed')
  const { iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver } = members
  if (!isText(iss) || !isText(aud) || !isText(client_id) || sub !== client_id || cid !== client_id) {
    return refuse('malformed')
  }
  if (!isCount(iat) || !isCount(exp) || !isCount(gen) || ver !== 1) return refuse('malformed')
  if (!isText(jti) || !UUID.test(jti) || !isText(scope) || !isScope(scope)) return refuse('malformed')
  if (!Array.isArray(scp) || scp.length !== 1 || scp[0] !== scope) return refuse('malformed')
  return accept(
    accessTokenClaims({
      issuer: iss,
      clientId: client_id,
      scope,
      audience: aud,
      jti,
      generation: gen,
      issuedAt: iat,
      expiresAt: exp,
    }),
  )
}

interface TokenHeader {
  readonly segment: string
  readonly kid: string
  readonly alg: string
}

// All tokens of a key begin alike: the same text need not be read again.
let lastHeader: TokenHeader | undefined

function readHeader(segment: string): TokenHeader | undefined {
  if (segment === lastHeader?.segment) return lastHeader
  const bytes = segment.length > MAX_HEADER_LENGTH ? undefined : decode(segment)
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

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

// Buffer's decoder skips what it does not understand. Two texts must never mean the same bytes (RFC 7515 §2, no padding,
// no stray bits at the end), so what does not come back the same is refused.
function decode(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return bytes.toString('base64url') === segment ? bytes : undefined
}

function readObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  const json = decodeUtf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (json === undefined) return undefined
  const value = parseJson(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  // RFC 7519 §4 lets a claim stand once. A text that JSON.stringify writes in the same way has no name twice.
  const isSound = JSON.stringify(value) === json || repeatedMember(json) === undefined
  return isSound ? (value as Record<string, unknown>) : undefined
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    throw cause
  }
}
