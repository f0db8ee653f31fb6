// The error codes in Latchkey's answers, and the body that carries them.

/**
 * The error codes of RFC 6749 §5.2, with `server_error` and `temporarily_unavailable` of §4.1.2.1, and `invalid_token`
 * and `insufficient_scope` of RFC 6750 §3.1.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'invalid_token'
  | 'insufficient_scope'

/** The JSON body of an error response (RFC 6749 §5.2). */
export interface OAuthErrorBody {
  /** The error code, for programs. */
  readonly error: OAuthErrorCode
  /**
   * A description for the developer: printable ASCII without quotation mark and backslash. It contains no part of the
   * request.
   */
  readonly error_description: string
}
