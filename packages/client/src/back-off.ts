// How long all processes that share a token store wait after a failed token request.
import type { TokenError } from './token-error.ts'

const FIRST_MS = 500
const LONGEST_MS = 30_000
// The wait after a refusal that only an operator can repair, by a change of the integration.
const REFUSED_MS = 60_000

/**
 * Returns the wait in milliseconds before the next token request: the wait that the server asked for, one minute after
 * a refusal, and otherwise an exponential wait with jitter.
 *
 * @param failures how many requests in a row have failed, including the last one.
 * @param chance a random number from 0 up to 1.
 */
export function backOff(failure: TokenError, failures: number, chance: number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs + FIRST_MS * chance
  switch (failure.code) {
    case 'INVALID_CLIENT':
    case 'INTEGRATION_DISABLED':
    case 'INVALID_OPTIONS':
    case 'INVALID_SCOPE':
    case 'REQUEST_REFUSED':
      return REFUSED_MS
    case 'RATE_LIMITED':
    case 'SERVER_UNAVAILABLE':
    case 'UNREACHABLE':
    case 'TIMEOUT':
    case 'UNUSABLE_ANSWER':
    case 'STORE_FAILED':
    case 'ASSERTION_REFUSED':
    case 'ASSERTION_UNAVAILABLE':
      return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) * (1 - chance / 2)
  }
}
