// Makes a TokenError for a request that got no answer. The error says whether the server may have acted on the request.
import { TokenError } from './token-error.ts'

// The codes of errors that happen before a byte of the request is sent.
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

export function networkError(cause: unknown): TokenError {
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'TimeoutError') return new TokenError('TIMEOUT', 'the token endpoint did not answer in time')
  const code = codeOf(cause)
  const why = code === undefined ? '' : `: ${code}`
  // The original error is not used as the cause: an error about a broken answer contains the bytes of the answer, which
  // may include a token.
  const safe = Object.assign(new Error('the connection failed'), code !== undefined && { code })
  return new TokenError('UNREACHABLE', `no answer from the token endpoint${why}`, { cause: safe })
}

/** True if the server may have issued a token that never arrived. Issuing it would have ended the previous token. */
export function mayHaveActed(failure: TokenError): boolean {
  if (failure.code === 'TIMEOUT' || failure.code === 'UNUSABLE_ANSWER') return true
  if (failure.code !== 'UNREACHABLE') return false
  const code = codeOf(failure.cause)
  return code === undefined || !NEVER_SENT.has(code)
}

/** `fetch` wraps the error of the connection, and Happy Eyeballs (RFC 8305) wraps it once more. */
function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0])
  const { code } = cause as NodeJS.ErrnoException
  return typeof code === 'string' ? code : codeOf(cause.cause)
}
