// What the admin API answers when it refuses (RFC 9457), and what the console makes of a server that does not answer.

import type { Problem } from 'latchkey/admin-api'

/** Some answers are no problem documents: a proxy may have sent them. */
type ProblemDocument = Partial<Omit<Problem, 'code'>> & { readonly code?: Code }

/** The console has codes for answers that are no problem documents. */
type Code = Problem['code'] | 'unknown' | 'metrics_unavailable'

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

  /** What is wrong with one member of the request, such as `/name`. */
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

/** A refusal stays one; a server that restarts is back within seconds. `count` is how often it was tried again. */
export const isWorthRetrying = (count: number, error: unknown): boolean =>
  (!(error instanceof ProblemError) || error.status >= 500) && count < MOST_RETRIES

/** Whether the error says that there is no session. A wrong password says nothing of a session. */
export const isSessionOver = (error: unknown): boolean =>
  error instanceof ProblemError && error.status === 401 && error.code !== 'sign_in_failed'
