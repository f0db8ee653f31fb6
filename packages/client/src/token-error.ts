// The reasons why the manager has no token. Neither the message nor any member contains a secret, a token or text of
// the server.

/** Why the manager has no token. */
export type TokenErrorCode =
  /** The options of `createTokenManager` are not valid. The message names them. */
  | 'INVALID_OPTIONS'
  /**
   * The server does not accept this client ID with this secret, or refused two assertions of this client in a row. The
   * manager sends no further request.
   */
  | 'INVALID_CLIENT'
  /** An API answered that the integration is disabled. The manager sends no further request. */
  | 'INTEGRATION_DISABLED'
  /**
   * The server does not accept the assertion, and may accept the next one: the assertion is from the client's platform,
   * or the clocks of client and server differ, or the assertion may have arrived twice. The manager tries again.
   */
  | 'ASSERTION_REFUSED'
  /** There is no assertion for a request: its file cannot be read, or the function that makes it failed. */
  | 'ASSERTION_UNAVAILABLE'
  /** The server refuses the scope: it does not exist, or the client may not have it. */
  | 'INVALID_SCOPE'
  /** The server refused the request for another reason, see `status` and `serverError`. */
  | 'REQUEST_REFUSED'
  /** The server answered 429: it asks for fewer requests. */
  | 'RATE_LIMITED'
  /** The server answered 5xx. */
  | 'SERVER_UNAVAILABLE'
  /** The server could not be reached, or the connection ended before the answer was complete. */
  | 'UNREACHABLE'
  /** The server did not answer in time. */
  | 'TIMEOUT'
  /** The answer is not a token response of RFC 6749 §5.1. */
  | 'UNUSABLE_ANSWER'
  /** The token store failed. */
  | 'STORE_FAILED'

/** The details of a failure. */
export interface TokenErrorFacts {
  /** The HTTP status of the answer. Undefined if there was no answer. */
  readonly status?: number
  /** The server's own code: `error` of RFC 6749 §5.2, or `errorCode`. */
  readonly serverError?: string
  /** How long the server asked to wait, in milliseconds. Undefined if it did not. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * Thrown if the manager has no token. No member contains a secret, a token or free text of the server.
 *
 * @example
 * ```ts
 * import { createTokenManager, TokenError } from '@latchkey/client'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 * })
 * try {
 *   await tokens.getToken()
 * } catch (error) {
 *   if (error instanceof TokenError && error.isFinal) console.error(`check the credentials: ${error.code}`)
 * }
 * ```
 */
export class TokenError extends Error {
  /** The stable code of the error, for programs. */
  readonly code: TokenErrorCode
  /** The HTTP status of the answer. Undefined if there was no answer. */
  readonly status: number | undefined
  /** The server's own code: `error` of RFC 6749 §5.2, or `errorCode`. Undefined if it sent none. */
  readonly serverError: string | undefined
  /** How long the server asked to wait, in milliseconds. Undefined if it did not ask. */
  readonly retryAfterMs: number | undefined

  /** @internal */
  constructor(
    code: TokenErrorCode,
    message: string,
    { status, serverError, retryAfterMs, cause }: TokenErrorFacts = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TokenError'
    this.code = code
    this.status = status
    this.serverError = serverError
    this.retryAfterMs = retryAfterMs
  }

  /** True if another attempt with the same options cannot succeed. */
  get isFinal(): boolean {
    return this.code === 'INVALID_CLIENT' || this.code === 'INTEGRATION_DISABLED' || this.code === 'INVALID_OPTIONS'
  }
}
