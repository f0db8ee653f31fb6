// The answer of the introspection endpoint about a token (RFC 7662 §2.2).

/** The answer of the introspection endpoint (RFC 7662 §2.2). */
export type IntrospectionResponse = InactiveToken | ActiveToken

/**
 * The answer for every token that is not live. It has no other member, because RFC 7662 §2.2 wants nothing else
 * disclosed.
 */
export interface InactiveToken {
  readonly active: false
}

/** The answer for a live token (RFC 7662 §2.2), with the claims of the token. */
export interface ActiveToken {
  readonly active: true
  readonly scope: string
  readonly client_id: string
  readonly token_type: 'Bearer'
  /** Seconds since the epoch. */
  readonly exp: number
  /** Seconds since the epoch. */
  readonly iat: number
  readonly sub: string
  readonly aud: string
  readonly iss: string
  readonly jti: string
  /** Latchkey's own member: the generation, which orders the tokens of one client and scope. */
  readonly gen: number
}
