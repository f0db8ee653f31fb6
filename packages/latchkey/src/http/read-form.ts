// Reads application/x-www-form-urlencoded parameters strictly, from the query and from the body.
import { accept, MAX_ASSERTION_LENGTH, refuse, type Result } from '@latchkey/protocol'
import type { PublicRequest } from './public/public-request.ts'
import type { RequestRefusal } from './request-refusal.ts'

/** The parameters by name. A parameter without a value counts as omitted (RFC 6749 §3.2). */
export interface Form {
  get(name: string): string | undefined
}

const MAX_PARAMETERS = 100
const MAX_PARAMETER_LENGTH = 4096
const ASSERTION = 'client_assertion='
// Parameters that must not be in a URI, because URIs are recorded in access logs, browser histories and referrers.
const NEVER_IN_URI = ['client_secret', 'client_assertion', 'token', 'access_token']

type FormRefusal = Extract<
  RequestRefusal,
  {
    reason:
      | 'content_type_unsupported'
      | 'body_too_large'
      | 'secret_in_uri'
      | 'too_many_parameters'
      | 'parameter_too_long'
      | 'parameters_malformed'
      | 'parameter_repeated'
  }
>

/** Reads the parameters of query and body together. Checks in this order: content type, size, parameters. */
export function readForm(request: PublicRequest): Result<Form, FormRefusal> {
  const { body } = request
  if ((body === 'too_large' || body.length > 0) && !isForm(request)) {
    return refuse({ reason: 'content_type_unsupported' })
  }
  if (body === 'too_large') return refuse({ reason: 'body_too_large' })
  const parameters = new Map<string, string>()
  const fromQuery = addParameters(parameters, request.query)
  if (fromQuery !== undefined) return refuse({ reason: fromQuery })
  if (NEVER_IN_URI.some((name) => parameters.has(name))) return refuse({ reason: 'secret_in_uri' })
  const fromBody = body.length === 0 ? undefined : addParameters(parameters, body.toString('latin1'))
  if (fromBody !== undefined) return refuse({ reason: fromBody })
  return accept({ get: (name) => parameters.get(name) || undefined })
}

function isForm(request: PublicRequest): boolean {
  const [contentType, ...others] = request.headers('content-type')
  if (contentType === undefined || others.length > 0) return false
  const encoding = request.header('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return false
  return FORM_TYPE.test(contentType)
}

const FORM_TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*(?:charset="?utf-8"?[ \t]*)?)?$/i

type ParameterProblem = 'too_many_parameters' | 'parameter_too_long' | 'parameters_malformed' | 'parameter_repeated'

/**
 * Adds the parameters of an encoded text, in which each character stands for one byte. Returns the first problem, or
 * undefined if there is none.
 */
function addParameters(parameters: Map<string, string>, encoded: string): ParameterProblem | undefined {
  if (encoded === '') return undefined
  const pairs = encoded.split('&', MAX_PARAMETERS + 1)
  for (const pair of pairs) {
    if (pair === '') continue
    if (pair.length > MAX_PARAMETER_LENGTH && !isAssertion(pair)) return 'parameter_too_long'
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    if (name === undefined || value === undefined) return 'parameters_malformed'
    // RFC 6749 §3.2: a parameter must not occur more than once. Of two values, two programs could each read a different
    // one.
    if (parameters.has(name)) return 'parameter_repeated'
    if (parameters.size === MAX_PARAMETERS) return 'too_many_parameters'
    parameters.set(name, value)
  }
  return pairs.length > MAX_PARAMETERS ? 'too_many_parameters' : undefined
}

const isAssertion = (pair: string): boolean =>
  pair.startsWith(ASSERTION) && pair.length <= ASSERTION.length + MAX_ASSERTION_LENGTH

const PLAIN = /^[A-Za-z0-9_.\-~*:/]*$/
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes `+` as a space and `%XX` as a byte of UTF-8. Undefined for a broken escape, invalid UTF-8 and NUL. */
function decode(text: string): string | undefined {
  if (PLAIN.test(text)) return text
  if (BROKEN_ESCAPE.test(text)) return undefined
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    const decoded = utf8.decode(Buffer.from(bytes, 'latin1'))
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    return undefined // Invalid UTF-8 is a mistake of the client, which gets 400.
  }
}
