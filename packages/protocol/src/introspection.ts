// What the introspection endpoint says about a token, RFC 7662 §2.2.

export type IntrospectionResponse = InactiveToken | ActiveToken

/** Refused for whatever reason: RFC 7662 §2.2 wants no other member, so that nothing is learned about the token. */
export interface InactiveToken {
  readonly active: false
}

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
