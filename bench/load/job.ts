// The jobs of the load generator and their results.
import type { OwnAlgorithm } from '../assertion-keys.ts'

/** The target and kind of the requests. Each round continues in `file` or `paths` where the previous round ended. */
export interface LoadTarget {
  readonly url: string
  readonly pid: number
  /**
   * The ID of the database's first process. Its child processes do the work. Left out if the server has no database
   * process.
   */
  readonly database?: number
  readonly requests: RequestSource
}

/** The statuses that a round accepts. After many failures from one address, the server answers 429 instead of 401. */
export const expectedStatuses = ({ requests }: LoadTarget): readonly number[] =>
  requests.kind === 'assertion' && requests.by === 'stranger' ? [401, 429] : [200]

/** Token requests with an assertion, for the clients in the file, in shuffled order. */
export type AssertionSource = {
  readonly kind: 'assertion'
  readonly clientsFile: string
  readonly keysFile: string
  readonly scope: string
} & (
  | { readonly by: 'platform' }
  /** The client signs with its own key. Each round signs `count` assertions before it begins, and sends each once. */
  | { readonly by: 'client'; readonly alg: OwnAlgorithm; readonly count: number }
  /** The assertion is signed with a key that the client does not have, so the server refuses it. */
  | { readonly by: 'stranger'; readonly alg: OwnAlgorithm }
)

export type RequestSource =
  | AssertionSource
  /** Token requests for the clients in the file, in shuffled order, with HTTP Basic and a form as the body. */
  | { readonly kind: 'token'; readonly clientsFile: string; readonly scope: string }
  /** Verifications of the tokens in the file, one after the other. */
  | { readonly kind: 'verify'; readonly tokensFile: string }
  /** Requests to the admin API for these paths in turn, with the key in the file. */
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
  /** Whether other programs use the core of the load generator during the run. */
  readonly beside: 'nothing' | 'other programs'
}

/** Requests one token for each of the first clients, and writes the tokens to a file. */
export interface CollectTokensJob {
  readonly kind: 'collect-tokens'
  readonly target: LoadTarget
  readonly count: number
  readonly tokensFile: string
}

export type LoadJob = ClosedLoopJob | OpenLoopJob | CollectTokensJob
export type LoadAnswer = Round | undefined

/** The result of one round. Only answers that arrived in the measured time count. */
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
  /** The processor time of all processes except server, database and load generator, in seconds. */
  readonly otherCpuSeconds: number
  /** The last answer on each connection. */
  readonly last: readonly LastAnswer[]
}

export interface LastAnswer {
  readonly authorization: string
  readonly body: string
}
