// Why no token could be had. Neither the message nor any member ever holds a secret, a token or words of the server.

export type TokenErrorCode =
  /** The options of `createTokenManager` cannot be used; the message says which and why. */
  | 'INVALID_OPTIONS'
  /** The server does not accept this client ID with this secret. The manager has stopped for good. */
  | 'INVALID_CLIENT'
  /** An API answered that the integration is disabled. The manager has stopped for good. */
  | 'INTEGRATION_DISABLED'
  /** The server refuses the scope, or the client may not have it. */
  | 'INVALID_SCOPE'
  /** The server refused the request for another reason, see `status` and `serverError`. */
  | 'REQUEST_REFUSED'
  /** The server asks for fewer requests (429). */
  | 'RATE_LIMITED'
  /** The server answered that it cannot answer (5xx). */
  | 'SERVER_UNAVAILABLE'
  /** No answer: no connection, or it ended before the answer was there. */
  | 'UNREACHABLE'
  /** No answer in time. */
  | 'TIMEOUT'
  /** The answer is not a token response as RFC 6749 describes it. */
  | 'UNUSABLE_ANSWER'
  /** The token store failed. */
  | 'STORE_FAILED'

export interface TokenErrorFacts {
  /** HTTP status of the answer, if there was one. */
  readonly status?: number
  /** The server's own code: `error` of RFC 6749 §5.2, or `errorCode`. */
  readonly serverError?: string
  /** The server asked to wait this long. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

export class TokenError extends Error {
  readonly code: TokenErrorCode
  readonly status: number | undefined
  readonly serverError: string | undefined
  readonly retryAfterMs: number | undefined

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

  /** Asking again with the same credentials is of no use. */
  get isFinal(): boolean {
    return this.code === 'INVALID_CLIENT' || this.code === 'INTEGRATION_DISABLED' || this.code === 'INVALID_OPTIONS'
  }
}
