// The peer: oidc-provider in a process of its own.
import { join } from 'node:path'
import { startWorker } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { OidcProviderJob } from '../programs/oidc-provider.ts'
import type { RunningServer } from './running-server.ts'

export async function startOidcProvider(placement: Placement, job: OidcProviderJob): Promise<RunningServer> {
  const words = [join(import.meta.dirname, '../programs/oidc-provider.ts')]
  const worker = startWorker<OidcProviderJob, string>({ placement, seat: 'server', words })
  const origin = await worker.ask(job)
  return {
    name: 'oidc-provider',
    pid: worker.child.pid ?? 0,
    tokenUrl: `${origin}/token`,
    jwksUrl: `${origin}/jwks`,
    stop: () => worker.stop(),
  }
}
