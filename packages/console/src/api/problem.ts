// The refusals of the admin API (RFC 9457), and the console's error for a server that does not answer.

import type { Problem } from 'latchkey/admin-api'

/** An answer to a refused request. Members may be missing, because a proxy may have sent the answer. */
type ProblemDocument = Partial<Omit<Problem, 'code'>> & { readonly code?: Code }

/** The console has its own codes for answers that are not problem documents. */
type OwnCode = 'unknown' | 'metrics_unavailable'
type Code = Problem['code'] | OwnCode
const OWN_CODES: Readonly<Record<OwnCode, true>> = { unknown: true, metrics_unavailable: true }

export class ProblemError extends Error {
  readonly status: number
  readonly code: Code
  readonly requestId: string | undefined
  readonly errors: NonNullable<ProblemDocument['errors']>
  readonly retryAfter: number | undefined

  constructor(status: number, document: ProblemDocument, retryAfter?: number) {
    super(document.detail ?? document.title ?? `The server answered ${status}.`)
    this.name = 'ProblemError'
    this.status = status
    this.code = document.code ?? 'unknown'
    this.requestId = document.request_id
    this.errors = document.errors ?? []
    this.retryAfter = retryAfter
  }

  /** True if the documentation of the server has an entry for the code. */
  get isDocumented(): boolean {
    return !Object.hasOwn(OWN_CODES, this.code)
  }

  /** Returns the problem of one member of the request, for example `/name`. */
  detailAt(pointer: string): string | undefined {
    const isHere = (place: string) => place === pointer || place.startsWith(`${pointer}/`)
    return this.errors.find((error) => 'pointer' in error && isHere(error.pointer))?.detail
  }
}

export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super('The server does not answer. It may be stopped, or the network is down.', { cause })
    this.name = 'NoAnswerError'
  }
}

export const isProblem = (error: unknown, code: Problem['code']): error is ProblemError =>
  error instanceof ProblemError && error.code === code

export async function problemOf(response: Response): Promise<ProblemError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const document = await response.json().then(
    (body: unknown) => (typeof body === 'object' && body !== null ? (body as ProblemDocument) : {}),
    () => ({}),
  )
  return new ProblemError(response.status, document, Number.isNaN(retryAfter) ? undefined : retryAfter)
}

const MOST_RETRIES = 2

/**
 * Does not retry a refusal. Retries a missing answer, because a restarting server is back within seconds. `count`:
 * the retries so far.
 */
export const isWorthRetrying = (count: number, error: unknown): boolean =>
  (!(error instanceof ProblemError) || error.status >= 500) && count < MOST_RETRIES

/** True if the error says that there is no session. A wrong password is another 401. */
export const isSessionOver = (error: unknown): boolean =>
  error instanceof ProblemError && error.status === 401 && error.code !== 'sign_in_failed'
