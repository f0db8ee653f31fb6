// The jobs of the load generator and their results.

/** The target and kind of the requests. Each round continues in the `file` where the last round ended. */
export interface LoadTarget {
  readonly url: string
  readonly pid: number
  /** The first process of the server's database, whose children do the work. Left out without a database. */
  readonly database?: number
  readonly requests: RequestSource
}

export type RequestSource =
  /** Token requests of the clients in the file, in shuffled order: HTTP Basic and a form in the body. */
  | { readonly kind: 'token'; readonly clientsFile: string; readonly scope: string }
  /** Verifications of the tokens in the file, in turn. */
  | { readonly kind: 'verify'; readonly tokensFile: string }
  /** These paths of the admin API in turn, with their queries, asked with the key in the file. */
  | { readonly kind: 'admin'; readonly paths: readonly string[]; readonly keyFile: string }

export interface ClosedLoopJob {
  readonly kind: 'closed-loop'
  readonly target: LoadTarget
  readonly connections: number
  readonly seconds: number
}

export interface OpenLoopJob {
  readonly kind: 'open-loop'
  readonly target: LoadTarget
  readonly perSecond: number
  readonly seconds: number
  /** What else needs the core of the load generator during the run. */
  readonly beside: 'nothing' | 'other programs'
}

/** Requests a token of each of the first clients and writes the tokens to a file. */
export interface CollectTokensJob {
  readonly kind: 'collect-tokens'
  readonly target: LoadTarget
  readonly count: number
  readonly tokensFile: string
}

export type LoadJob = ClosedLoopJob | OpenLoopJob | CollectTokensJob
export type LoadAnswer = Round | undefined

/** The result of one round. Only answers within the measured time count. */
export interface Round {
  readonly seconds: number
  readonly answers: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly serverCpuSeconds: number
  readonly loadCpuSeconds: number
  readonly databaseCpuSeconds: number
  /** The processor time of all other processes. */
  readonly otherCpuSeconds: number
  /** The last answer on each connection. */
  readonly last: readonly LastAnswer[]
}

export interface LastAnswer {
  readonly authorization: string
  readonly body: string
}
