// Client credentials in an Authorization header: RFC 7617 with the encoding that RFC 6749 §2.3.1 puts inside.

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

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: Secret
}

const LONGEST_HEADER = 8192

/**
 * Reads the whole value of one Authorization header. Both halves are form-decoded exactly once, so that clients that
 * encode and clients that do not are understood alike wherever the credentials need no encoding.
 *
 * What is refused is refused for its shape, described by {@link describeBasicProblem}. Any other ID and secret pass,
 * known or not: checking them is not this function's business.
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
  // Decoded one by one: V8 would keep the whole text, with the secret, in memory as long as a slice of it.
  const colonByte = bytes.indexOf(0x3a)
  const [rawId, rawSecret] = [bytes.toString('utf8', 0, colonByte), bytes.toString('utf8', colonByte + 1)]
  const clientId = decodeForm(rawId)
  const clientSecret = decodeForm(rawSecret)
  if (clientId === undefined || clientSecret === undefined) {
    return refuse(problemOfHalves(rawId, rawSecret) ?? 'percent_encoding')
  }
  const halvesProblem = problemOfHalves(clientId, clientSecret)
  if (halvesProblem) return refuse(halvesProblem)
  // RFC 6749 A.1 and A.2 allow VSCHAR only; letters beyond ASCII are let through, as §2.3.1 encodes them.
  if (hasControlCharacter(clientId) || hasControlCharacter(clientSecret)) {
    return refuse(isUtf16(bytes) ? 'utf16' : 'control_character')
  }
  return accept({ clientId, clientSecret: new Secret(clientSecret) })
}

/**
 * The whole value of an Authorization header for these credentials: both halves form-encoded, then base64.
 * @throws URIError if one of them holds a lone surrogate.
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
