// What a process of a fleet is told to do, and what it reports when it has done it.
export interface Assignment {
  /** `naive` keeps its token to itself and requests a new one whenever an API refuses it. */
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
  /** How often the API answered 401, also where a second try went well. */
  readonly refused: number
  /** How many calls ended without a 200. */
  readonly failed: number
  /** When each token was issued to this process, in milliseconds since the epoch. */
  readonly issuedAt: readonly number[]
  readonly errors: readonly string[]
}
