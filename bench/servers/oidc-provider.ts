// The compared server: oidc-provider in its own process.
import { join } from 'node:path'
import { startJobProcess } from '../jobs.ts'
import type { Placement } from '../placement.ts'
import type { OidcProviderJob } from '../programs/oidc-provider.ts'
import type { RunningServer } from './running-server.ts'

export const OIDC_PROVIDER = 'oidc-provider'
export const OIDC_PROVIDER_FIXED = 'oidc-provider, fixed'

export async function startOidcProvider(placement: Placement, job: OidcProviderJob): Promise<RunningServer> {
  const words = [join(import.meta.dirname, '../programs/oidc-provider.ts')]
  const child = startJobProcess<OidcProviderJob, string>({ placement, seat: 'server', words })
  const origin = await child.ask(job)
  return {
    name: job.clients === 'fixed' ? OIDC_PROVIDER_FIXED : OIDC_PROVIDER,
    pid: child.pid,
    tokenUrl: `${origin}/token`,
    jwksUrl: `${origin}/jwks`,
    stop: () => child.stop(),
  }
}
