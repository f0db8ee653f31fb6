// The error that the guard throws and reports, with a stable code.

/**
 * What went wrong.
 * - `OPTIONS_INVALID`: the options of `createGuard` or the scope of `requireScope` cannot be used. Thrown by the
 * function itself.
 * - `ISSUER_UNREACHABLE`: the authorization server did not answer, or answered 5xx or 429.
 * - `ISSUER_MISMATCH`: the server that answers is not the issuer, or does not follow its protocol.
 * - `CREDENTIALS_REFUSED`: the authorization server does not accept the guard's client ID with its secret or assertion.
 * - `CREDENTIALS_UNAVAILABLE`: the guard has no assertion to send: its file cannot be read, or the function that makes it
 *   failed. The guard tries again with the next request.
 * - `RIGHT_MISSING`: the guard's integration has no resource-server right for the scope of a route.
 * - `FEED_INTERRUPTED`: the feed ended, or was silent for too long. The guard reconnects.
 * - `TABLE_STALE`: the table is older than `maxStaleSeconds`, and `onStale` is `refuse`.
 * - `TOO_MANY_QUESTIONS`: more than 64 introspections were needed at the same time.
 * - `HOOK_FAILED`: `onEvent` threw.
 * - `CLOSED`: the guard was closed.
 */
export type GuardErrorCode =
  | 'OPTIONS_INVALID'
  | 'ISSUER_UNREACHABLE'
  | 'ISSUER_MISMATCH'
  | 'CREDENTIALS_REFUSED'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'RIGHT_MISSING'
  | 'FEED_INTERRUPTED'
  | 'TABLE_STALE'
  | 'TOO_MANY_QUESTIONS'
  | 'HOOK_FAILED'
  | 'CLOSED'

/**
 * Thrown by {@link createGuard} and by `Guard.ready`. Its message never contains a token or a secret.
 *
 * @example
 * ```ts
 * import { createGuard, GuardError } from '@latchkey/guard'
 *
 * try {
 *   createGuard({
 *     issuer: new URL('http://auth.example.com'),
 *     audience: 'api://default',
 *     liveness: { mode: 'until-expiry' },
 *   })
 * } catch (error) {
 *   console.log(error instanceof GuardError && error.code) // OPTIONS_INVALID
 * }
 * ```
 */
export class GuardError extends Error {
  override readonly name = 'GuardError'
  /** Stable, for programs. */
  readonly code: GuardErrorCode

  constructor(code: GuardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Makes a `GuardError` of any thrown value. */
export const guardErrorOf = (thrown: unknown): GuardError =>
  thrown instanceof GuardError
    ? thrown
    : new GuardError('ISSUER_UNREACHABLE', 'the authorization server did not answer', { cause: thrown })
