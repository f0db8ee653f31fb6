// The ceiling for verification: a bare node:http server that sends the same headers and does nothing else.
import { join } from 'node:path'
import { startWorker } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { BareHttpJob } from '../programs/bare-http.ts'

export interface BareHttp {
  readonly pid: number
  readonly origin: string
  stop(): Promise<void>
}

export async function startBareHttp(placement: Placement, job: BareHttpJob): Promise<BareHttp> {
  const words = [join(import.meta.dirname, '../programs/bare-http.ts')]
  const worker = startWorker<BareHttpJob, string>({ placement, seat: 'server', words })
  const origin = await worker.ask(job)
  return { pid: worker.child.pid ?? 0, origin, stop: () => worker.stop() }
}
