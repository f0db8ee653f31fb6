// The assignment of a process of a fleet, and its report at the end.
export interface Assignment {
  /** `naive` shares no token and requests a new one each time that an API refuses it. */
  readonly client:
    | { readonly kind: 'naive' }
    | { readonly kind: 'file'; readonly folder: string }
    | { readonly kind: 'valkey'; readonly port: number }
  readonly tokenUrl: string
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly forMs: number
  readonly callEveryMs: number
}

export interface Report {
  readonly calls: number
  /** The number of 401 answers of the API, also if a second try succeeded. */
  readonly refused: number
  /** The number of calls that ended without a 200. */
  readonly failed: number
  /** When each token was issued to this process, in milliseconds since the epoch. */
  readonly issuedAt: readonly number[]
  readonly errors: readonly string[]
}
