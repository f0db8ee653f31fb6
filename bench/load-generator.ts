// The interface of the load generator for the sections.
import { join } from 'node:path'
import { startJobProcess, type JobProcess } from './jobs.ts'
import type { ClosedLoopJob, CollectTokensJob, LoadAnswer, LoadJob, OpenLoopJob, Round } from './load/job.ts'
import type { Placement } from './placement.ts'

export class LoadGenerator {
  readonly #child: JobProcess<LoadJob, LoadAnswer>

  constructor(placement: Placement) {
    this.#child = startJobProcess({ placement, seat: 'load', words: [join(import.meta.dirname, 'load.ts')] })
  }

  async closedLoop(job: Omit<ClosedLoopJob, 'kind'>): Promise<Round> {
    return this.#round({ kind: 'closed-loop', ...job })
  }

  async openLoop(job: Omit<OpenLoopJob, 'kind'>): Promise<Round> {
    return this.#round({ kind: 'open-loop', ...job })
  }

  async collectTokens(job: Omit<CollectTokensJob, 'kind'>): Promise<void> {
    await this.#child.ask({ kind: 'collect-tokens', ...job })
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }

  async #round(job: ClosedLoopJob | OpenLoopJob): Promise<Round> {
    const round = await this.#child.ask(job)
    if (round === undefined || round.answers === 0)
      throw new Error('The round got no answer. Check that the server runs.')
    return round
  }
}
