// The error codes that Latchkey answers with, and the body that carries them.

/** RFC 6749 §5.2; `server_error` and `temporarily_unavailable` in the sense of §4.1.2.1; the last two RFC 6750 §3.1. */
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

/** The JSON body of an error response, RFC 6749 §5.2. */
export interface OAuthErrorBody {
  readonly error: OAuthErrorCode
  /** For the developer: printable ASCII without quotation mark and backslash, never a part of the request. */
  readonly error_description: string
}
