// Two readers of the claims in a token: a fast one for the form that Latchkey writes, and one for every valid form.
import { type AccessTokenClaims, accessTokenClaims } from './access-token-claims.ts'
import { decodeUtf8 } from './basic-encoding.ts'
import { repeatedMember } from './repeated-member.ts'
import { accept, refuse, type Result } from './result.ts'
import { isScope, type Scope } from './scope.ts'

const UUID_TEXT = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** Printable ASCII characters that JSON writes without an escape. */
const TEXT = '[ !#-\\[\\]-~]+'
/** At most 15 digits, so the number is a safe integer. */
const COUNT = '0|[1-9][0-9]{0,14}'
/** A scope-token of at most 128 characters (RFC 6749 appendix A.4). */
const SCOPE_TOKEN = '[!#-\\[\\]-~]{1,128}'

/**
 * The text that `accessTokenPayload` writes for claims in printable ASCII. The groups have numbers, because named
 * groups would cost an object for each token. Group 2 is the client ID, and group 7 the scope.
 */
const WRITTEN_HERE = new RegExp(
  `^\\{"iss":"(${TEXT})","sub":"(${TEXT})","client_id":"\\2","aud":"(${TEXT})","iat":(${COUNT}),"exp":(${COUNT}),` +
    `"jti":"(${UUID_TEXT})","scope":"(${SCOPE_TOKEN})","gen":(${COUNT}),"cid":"\\2","scp":\\["\\7"\\],"ver":1\\}$`,
)

/**
 * Reads claims that are spelled as `accessTokenPayload` spells them. Returns what `readAnyForm` returns for the same
 * bytes, or undefined if they are spelled in another way.
 */
export function readWrittenForm(payload: Uint8Array): AccessTokenClaims | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const text = bytes.toString('latin1')
  const match = WRITTEN_HERE.exec(text)
  if (match === null) return undefined
  const [, issuer = '', clientId = '', audience = '', iat, exp, jti = '', scope = '', gen] = match
  // A copy is kept, because V8 keeps a whole text in memory as long as a slice of it.
  const copyOf = (slice: string): string => {
    const from = text.indexOf(slice)
    return bytes.toString('latin1', from, from + slice.length)
  }
  if (issuer !== shared.issuer || audience !== shared.audience || scope !== shared.scope) {
    shared = { issuer: copyOf(issuer), audience: copyOf(audience), scope: copyOf(scope) as Scope }
  }
  return accessTokenClaims({
    ...shared,
    clientId: copyOf(clientId),
    jti: copyOf(jti),
    generation: Number(gen),
    issuedAt: Number(iat),
    expiresAt: Number(exp),
  })
}

/** Caches strings that most tokens of an issuer share. */
let shared = { issuer: '', audience: '', scope: '' as Scope }

/** Reads claims in any valid JSON. Unknown claims are left out: a later version may add some. */
export function readAnyForm(payload: Uint8Array): Result<AccessTokenClaims, 'malformed'> {
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

const UUID = new RegExp(`^${UUID_TEXT}$`)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Parses a JSON object in strict UTF-8 whose member names are unique. Undefined for other bytes. */
export function readObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  const json = decodeUtf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (json === undefined) return undefined
  const value = parseJson(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  // RFC 7519 §4 allows each claim only once. If JSON.stringify writes the same text again, no name occurs twice.
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
