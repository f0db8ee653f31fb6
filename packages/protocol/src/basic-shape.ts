// Distinguishes the usual mistakes in a Basic header by their form alone. Whether the client exists plays no role.

import { decodeBase64Text } from './basic-encoding.ts'
import type { BasicProblem } from './basic-problem.ts'
import { hasClientSecretShape, isClientId } from './client-secret.ts'

const COMMAND = /^(?:\$\(|`)/
const ANY_VARIABLE = /^(?:\$\{?[A-Za-z]\w*\}?|%[A-Za-z]\w*%)$/
const ANY_BRACKETED = /^(?:\[.*\]|<.*>|\{.*\})$/
const CONTROL = /\p{Cc}/u

// Imported secrets may begin with a dollar sign. So only these names count as shell variables that were not expanded.
const CREDENTIAL_VARIABLE =
  /^(?:\$env|\$\{?(?:[a-z0-9]+_)*client_?(?:id|secret)\}?|%(?:[a-z0-9]+_)*client_?(?:id|secret)%)$/i
const BRACKETED_WORDS =
  /^(?:\[+[A-Za-z][A-Za-z _-]*\]+|<+[A-Za-z][A-Za-z _-]*>+|\{+[A-Za-z][A-Za-z _-]*\}+|\(+[A-Za-z][A-Za-z _-]*\)+)$/

/** Returns the problem of a value that is not base64. */
export function problemOfUndecodable(value: string): BasicProblem {
  if (COMMAND.test(value)) return 'unexpanded_command'
  if (/^basic\s/i.test(value)) return 'scheme_twice'
  const colon = value.indexOf(':')
  if (colon >= 0) return problemOfClearHalves(value.slice(0, colon), value.slice(colon + 1))
  if (ANY_VARIABLE.test(value)) return 'unexpanded_variable'
  if (ANY_BRACKETED.test(value)) return decodesToPair(value.slice(1, -1)) ? 'brackets' : 'placeholder'
  if (/\s/.test(value)) return 'white_space'
  if (hasClientSecretShape(value)) return 'not_encoded'
  if (/^[\w-]+=*$/.test(value) && /[_-]/.test(value)) return 'base64url'
  if (/^[A-Za-z0-9+/]+=*$/.test(value) && value.length % 4 !== 0) return 'base64_padding'
  return 'not_base64'
}

/** Returns the problem of a decoded text without a colon. */
export function problemWithoutColon(text: string): BasicProblem {
  // `base64 | base64` leaves line breaks in the inner text, and some programs also encode the word Basic.
  const inner = text.replace(/^basic /i, '').replace(/\s+/g, '')
  return decodesToPair(inner) ? 'encoded_twice' : 'no_colon'
}

/** Returns the problem that is visible in the form of an ID and a secret. Undefined if they can be credentials. */
export function problemOfHalves(id: string, secret: string): BasicProblem | undefined {
  const hasNewline = secret.endsWith('\n')
  const bareSecret = hasNewline ? secret.trimEnd() : secret
  if (id === '') return bareSecret === '' ? 'both_empty' : 'empty_client_id'
  if (bareSecret === '') return 'empty_client_secret'
  const standIn = standInProblem(id) ?? standInProblem(bareSecret)
  if (standIn) return standIn
  if (hasNewline) return 'trailing_newline'
  return areEncodedSeparately(id, secret) ? 'encoded_separately' : undefined
}

// True if both halves are base64 of texts that Latchkey made. An ID has 16 bytes and a secret has 40. `echo` adds a
// line break to each, so 17 and 41 bytes are accepted too.
const areEncodedSeparately = (id: string, secret: string): boolean =>
  id.length === 24 &&
  secret.length === 56 &&
  isClientId(decodeBase64Text(id)?.trimEnd() ?? '') &&
  hasClientSecretShape(decodeBase64Text(secret)?.trimEnd() ?? '')

export const hasControlCharacter = (text: string): boolean => CONTROL.test(text)

/** True if the bytes are ASCII text in UTF-16 of either byte order, with or without a byte order mark. */
export function isUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes
  return (
    (second === 0 && fourth === 0) ||
    (first === 0 && third === 0) ||
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff)
  )
}

function problemOfClearHalves(id: string, secret: string): BasicProblem {
  if (id === '' && secret === '') return 'both_empty'
  const standIn = standInProblem(id) ?? standInProblem(secret)
  if (standIn) return standIn
  return isEncodedText(id) && isEncodedText(secret) ? 'encoded_separately' : 'not_encoded'
}

/**
 * Returns the problem of a text that was sent in place of a client ID or secret: a placeholder, the name of a variable,
 * or a value in brackets. Undefined for any other text.
 */
function standInProblem(half: string): BasicProblem | undefined {
  const inner = half.replace(/^[[<{(]/, '').replace(/[\]>})]$/, '')
  if (inner === 'CLIENT_ID' || inner === 'CLIENT_SECRET') return 'placeholder'
  if (inner !== half && (isClientId(inner) || hasClientSecretShape(inner))) return 'brackets'
  if (BRACKETED_WORDS.test(half)) return 'placeholder'
  if (CREDENTIAL_VARIABLE.test(half)) return 'unexpanded_variable'
  return undefined
}

// A random text may happen to be valid base64, but it hardly ever decodes to printable bytes alone.
function decodesToPrintable(value: string): string | undefined {
  const text = decodeBase64Text(value)?.trimEnd()
  return text === '' || text === undefined || hasControlCharacter(text) ? undefined : text
}

const isEncodedText = (half: string): boolean => decodesToPrintable(half) !== undefined

const decodesToPair = (value: string): boolean => decodesToPrintable(value)?.includes(':') ?? false
