// What the guard throws and reports: an error with a stable code.

/**
 * - `OPTIONS_INVALID`: `createGuard` or `requireScope` was given something that cannot be meant. Thrown at once.
 * - `ISSUER_UNREACHABLE`: no answer, a 5xx or a 429 from the authorization server.
 * - `ISSUER_MISMATCH`: what answers is not the issuer, or does not speak its protocol.
 * - `CREDENTIALS_REFUSED`: the authorization server does not know the guard's client ID or secret.
 * - `RIGHT_MISSING`: the guard's integration does not hold the resource-server right for a scope that is asked for.
 * - `FEED_INTERRUPTED`: the feed ended, or was silent for too long; the guard connects again.
 * - `TABLE_STALE`: what is known about live tokens is older than `maxStaleSeconds`, and `onStale` is `refuse`.
 * - `TOO_MANY_QUESTIONS`: more introspections were needed at once than the guard allows itself.
 * - `HOOK_FAILED`: `onEvent` threw.
 * - `CLOSED`: the guard was closed.
 */
export type GuardErrorCode =
  | 'OPTIONS_INVALID'
  | 'ISSUER_UNREACHABLE'
  | 'ISSUER_MISMATCH'
  | 'CREDENTIALS_REFUSED'
  | 'RIGHT_MISSING'
  | 'FEED_INTERRUPTED'
  | 'TABLE_STALE'
  | 'TOO_MANY_QUESTIONS'
  | 'HOOK_FAILED'
  | 'CLOSED'

/** Never names a token or a secret. */
export class GuardError extends Error {
  override readonly name = 'GuardError'
  readonly code: GuardErrorCode

  constructor(code: GuardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whatever was thrown, as an error of ours. */
export const guardErrorOf = (thrown: unknown): GuardError =>
  thrown instanceof GuardError
    ? thrown
    : new GuardError('ISSUER_UNREACHABLE', 'the authorization server did not answer', { cause: thrown })
