// Client credentials in an Authorization header: RFC 7617 with the form encoding of RFC 6749 §2.3.1 inside.

import { decodeBase64, decodeForm, decodeUtf8, encodeForm } from './basic-encoding.ts'
import type { BasicProblem } from './basic-problem.ts'
import {
  hasControlCharacter,
  isUtf16,
  problemOfHalves,
  problemOfUndecodable,
  problemWithoutColon,
} from './basic-shape.ts'
import { accept, refuse } from './result.ts'
import type { Result } from './result.ts'
import { Secret } from './secret.ts'

/** The credentials of a client (RFC 6749 §2.3.1). */
export interface ClientCredentials {
  /** The client identifier. */
  readonly clientId: string
  /** The client secret. */
  readonly clientSecret: Secret
}

const LONGEST_HEADER = 8192

/**
 * Reads client credentials from the whole value of one `Authorization` header (RFC 7617, with the form encoding of RFC
 * 6749 §2.3.1 inside). Decodes both halves exactly once. Credentials that need no encoding look the same with and
 * without it, so clients that leave the encoding out are understood too.
 *
 * A refusal depends only on the form of the value, and {@link describeBasicProblem} explains its reason. The function
 * does not check whether the client exists or whether the secret is right.
 *
 * @example
 * ```ts
 * import { readBasicCredentials, Secret, toBasicCredentials } from '@latchkey/protocol'
 *
 * const header = toBasicCredentials('lk0123456789abcd', new Secret('my secret'))
 * console.log(header) // Basic bGswMTIzNDU2Nzg5YWJjZDpteStzZWNyZXQ=
 * const read = readBasicCredentials(header)
 * console.log(read.ok && read.value.clientId) // lk0123456789abcd
 * ```
 */
export function readBasicCredentials(headerValue: string): Result<ClientCredentials, BasicProblem> {
  if (headerValue.length > LONGEST_HEADER) return refuse('too_long')
  const schemeProblem = problemOfScheme(headerValue)
  if (schemeProblem) return refuse(schemeProblem)

  const value = headerValue.slice('basic '.length)
  const bytes = decodeBase64(value)
  if (bytes === undefined) return refuse(problemOfUndecodable(value))
  const text = decodeUtf8(bytes)
  if (text === undefined) return refuse(isUtf16(bytes) ? 'utf16' : 'not_utf8')

  // RFC 7617 §2: the first colon ends the ID; later ones belong to the secret.
  if (!text.includes(':')) return refuse(problemWithoutColon(text))
  // The halves are decoded separately: a slice of the decoded pair would keep the whole text, with the secret, in
  // memory.
  const colonByte = bytes.indexOf(0x3a)
  const [rawId, rawSecret] = [bytes.toString('utf8', 0, colonByte), bytes.toString('utf8', colonByte + 1)]
  const clientId = decodeForm(rawId)
  const clientSecret = decodeForm(rawSecret)
  if (clientId === undefined || clientSecret === undefined) {
    return refuse(problemOfHalves(rawId, rawSecret) ?? 'percent_encoding')
  }
  const halvesProblem = problemOfHalves(clientId, clientSecret)
  if (halvesProblem) return refuse(halvesProblem)
  // RFC 6749 A.1 and A.2 allow only VSCHAR. Letters beyond ASCII are accepted, because the encoding of §2.3.1 covers
  // them.
  if (hasControlCharacter(clientId) || hasControlCharacter(clientSecret)) {
    return refuse(isUtf16(bytes) ? 'utf16' : 'control_character')
  }
  return accept({ clientId, clientSecret: new Secret(clientSecret) })
}

/**
 * Writes the value of an `Authorization` header for these credentials: form-encodes both halves (RFC 6749 §2.3.1), then
 * encodes the pair in base64 (RFC 7617).
 *
 * @throws URIError if the client ID or the secret contains a lone surrogate.
 *
 * @example
 * ```ts
 * import { Secret, toBasicCredentials } from '@latchkey/protocol'
 *
 * const header = toBasicCredentials('lk0123456789abcd', new Secret('my secret'))
 * console.log(header) // Basic bGswMTIzNDU2Nzg5YWJjZDpteStzZWNyZXQ=
 * ```
 */
export function toBasicCredentials(clientId: string, clientSecret: Secret): string {
  const pair = `${encodeForm(clientId)}:${encodeForm(clientSecret.reveal())}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

function problemOfScheme(headerValue: string): BasicProblem | undefined {
  if (/^basic \S/i.test(headerValue)) return undefined
  if (/^basic\s*$/i.test(headerValue)) return 'nothing_sent'
  return /^basic\s/i.test(headerValue) ? 'scheme_spacing' : 'other_scheme'
}
