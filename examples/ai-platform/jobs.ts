// Jobs whose results are fetched later. A job belongs to the integration that submitted it, not to a token.
import { randomUUID } from 'node:crypto'

export type JobStatus = 'SUBMITTED' | 'READY' | 'RETRIEVED'

export interface Poll<Result> {
  readonly status: JobStatus
  /** Undefined until the job is ready. Then every poll returns the result. */
  readonly result?: Result
}

interface Job<Result> {
  readonly clientId: string
  readonly readyAt: number
  readonly result: Result
  isRetrieved: boolean
}

const MOST_JOBS = 1000

/** Keeps the newest thousand jobs in memory, so a restart loses them. */
export class Jobs<Result> {
  readonly #jobs = new Map<string, Job<Result>>()
  readonly #workMilliseconds: number

  constructor(workMilliseconds: number) {
    this.#workMilliseconds = workMilliseconds
  }

  submit(clientId: string, result: Result): string {
    const id = randomUUID()
    this.#jobs.set(id, { clientId, readyAt: performance.now() + this.#workMilliseconds, result, isRetrieved: false })
    const [oldest] = this.#jobs.keys()
    if (this.#jobs.size > MOST_JOBS && oldest !== undefined) this.#jobs.delete(oldest)
    return id
  }

  /** Undefined if this integration has no such job. A job of another integration gives the same answer. */
  poll(clientId: string, id: string): Poll<Result> | undefined {
    const job = this.#jobs.get(id)
    if (job?.clientId !== clientId) return undefined
    if (performance.now() < job.readyAt) return { status: 'SUBMITTED' }
    const status = job.isRetrieved ? 'RETRIEVED' : 'READY'
    job.isRetrieved = true
    return { status, result: job.result }
  }
}
