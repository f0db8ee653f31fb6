// The upper limit for the gateway: a bare proxy of node:http and undici's dispatcher, in its own process.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { BareDispatchJob } from '../programs/bare-dispatch.ts'
import type { BareHttp } from './bare-http.ts'

export async function startBareDispatch(placement: Placement, job: BareDispatchJob): Promise<BareHttp> {
  const words = [join(import.meta.dirname, '../programs/bare-dispatch.ts')]
  const child = startJobProcess<BareDispatchJob, string>({ placement, seat: 'server', words })
  const origin = await child.ask(job)
  return { pid: child.pid, origin, stop: () => child.stop() }
}
