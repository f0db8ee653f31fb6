// The upper limit for the agent's proxy: a bare proxy of node:http.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { BareProxyJob } from '../programs/bare-proxy.ts'
import type { BareHttp } from './bare-http.ts'

export async function startBareProxy(placement: Placement, job: BareProxyJob): Promise<BareHttp> {
  const words = [join(import.meta.dirname, '../programs/bare-proxy.ts')]
  const child = startJobProcess<BareProxyJob, string>({ placement, seat: 'server', words })
  const origin = await child.ask(job)
  return { pid: child.pid, origin, stop: () => child.stop() }
}
