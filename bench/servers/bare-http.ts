// The upper limit for verification: a bare node:http server that sends the same headers and does nothing else.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { Placement, Seat } from '../placement.ts'
import type { BareHttpJob } from '../programs/bare-http.ts'

export interface BareHttp {
  readonly pid: number
  readonly origin: string
  stop(): Promise<void>
}

export async function startBareHttp(placement: Placement, job: BareHttpJob, seat: Seat = 'server'): Promise<BareHttp> {
  const words = [join(import.meta.dirname, '../programs/bare-http.ts')]
  const child = startJobProcess<BareHttpJob, string>({ placement, seat, words })
  const origin = await child.ask(job)
  return { pid: child.pid, origin, stop: () => child.stop() }
}
