// Section: the cost of the client library per call, and the agent's proxy against a bare one.
import { join } from 'node:path'
import { createIntegration } from '../../e2e/integrations.ts'
import { startJobProcess } from '../jobs.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget } from '../load/job.ts'
import type { GetTokenJob } from '../programs/get-token.ts'
import { alternate } from '../rounds.ts'
import { startAgent } from '../servers/agent.ts'
import { startBareHttp } from '../servers/bare-http.ts'
import { startBareProxy } from '../servers/bare-proxy.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { PREDICT, type SectionContext, type SectionResult } from './section.ts'

export const GET_TOKEN = 'getToken with a fresh token'
export const AGENT_PROXY = 'proxy of the agent'
export const BARE_PROXY = 'bare proxy of node:http'

const CONNECTIONS = 16
const PLACEMENT = 'one core'
const HEADERS = ['content-type', 'application/json', 'content-length', '0']

export async function measureClient({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  progress('client: getToken')
  const words = [join(import.meta.dirname, '../programs/get-token.ts')]
  const child = startJobProcess<GetTokenJob, number>({ placement: PLACEMENT, seat: 'server', words })
  const microseconds = await child.ask({ seconds: effort.signSeconds })
  await child.stop()

  progress('client: starting both proxies')
  const dataDir = join(folder, 'client')
  const latchkey = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: 'all cores' })
  const { clientId, clientSecret } = await createIntegration({ adminUrl: latchkey.adminUrl, dataDir })
  // The upstream runs on the core of the load generator, so that the proxies have a core to themselves.
  const upstream = await startBareHttp(PLACEMENT, { headers: HEADERS }, 'load')
  const ours = await startAgent({
    folder: join(folder, 'agent'),
    placement: PLACEMENT,
    tokenUrl: latchkey.tokenUrl,
    clientId,
    clientSecret,
    scope: PREDICT,
    upstream: upstream.origin,
  })
  const bare = await startBareProxy(PLACEMENT, { upstream: upstream.origin })
  const load = new LoadGenerator(PLACEMENT)
  // A request to the agent's proxy carries the agent key where a request to an API carries a token.
  const requests = { kind: 'verify', tokensFile: ours.agentKeyFile } as const
  const target = ({ origin, pid }: typeof bare): LoadTarget => ({ url: `${origin}/v1/predict`, pid, requests })
  const round = (of: typeof bare, seconds: number) =>
    load.closedLoop({ target: target(of), connections: CONNECTIONS, seconds })
  for (const proxy of [ours, bare]) await round(proxy, effort.warmUpSeconds)
  progress(`client: proxies, ${String(CONNECTIONS)} connections`)
  const work = { placement: PLACEMENT, connections: CONNECTIONS } as const
  const contest = await alternate(
    [
      { work: { name: AGENT_PROXY, ...work }, round: () => round(ours, effort.roundSeconds) },
      { work: { name: BARE_PROXY, ...work }, round: () => round(bare, effort.roundSeconds) },
    ],
    effort.rounds,
  )
  await Promise.all([latchkey.stop(), upstream.stop(), ours.stop(), bare.stop(), load.stop()])
  return {
    title: 'Client library and agent',
    note: 'GET requests through a proxy to a bare server that answers an empty 200. The agent checks its key, puts the token in and takes out the headers of the connection; the bare proxy passes everything on.',
    contests: [contest],
    figures: [{ name: GET_TOKEN, value: microseconds * 1000, unit: 'ns' }],
  }
}
