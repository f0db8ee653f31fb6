// The assignment that the test sends to each process of a fleet, and the report of the process at the end.
export interface Assignment {
  /** A `naive` client shares no token. It requests a new token each time an API refuses the current token. */
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
  /** The number of 401 answers of the API. A call whose second try succeeded counts too. */
  readonly refused: number
  /** The number of calls that ended without a 200. */
  readonly failed: number
  /** The times at which tokens were issued to this process, in milliseconds since the epoch. */
  readonly issuedAt: readonly number[]
  readonly errors: readonly string[]
}
