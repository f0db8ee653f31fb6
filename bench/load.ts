// The load generator. It is a separate process and uses raw sockets, so that it needs far less processor time than the
// servers that it measures.
import { answerJobs } from './jobs.ts'
import { closedLoop } from './load/closed-loop.ts'
import { collectTokens } from './load/collect-tokens.ts'
import type { LoadAnswer, LoadJob } from './load/job.ts'
import { openLoop } from './load/open-loop.ts'

answerJobs<LoadJob, LoadAnswer>(async (job) => {
  switch (job.kind) {
    case 'closed-loop':
      return closedLoop(job)
    case 'open-loop':
      return openLoop(job)
    case 'collect-tokens':
      return collectTokens(job)
  }
})
