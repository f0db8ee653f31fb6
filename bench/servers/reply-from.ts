// The proxy that the gateway is compared with: a proxy library alone, in its own process.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { ReplyFromJob } from '../programs/reply-from.ts'
import type { BareHttp } from './bare-http.ts'

export async function startReplyFrom(placement: Placement, job: ReplyFromJob): Promise<BareHttp> {
  const words = [join(import.meta.dirname, '../programs/reply-from.ts')]
  const child = startJobProcess<ReplyFromJob, string>({ placement, seat: 'server', words })
  const origin = await child.ask(job)
  return { pid: child.pid, origin, stop: () => child.stop() }
}
