// Section: the cost of forward authentication per request, for each installed proxy.
import { join } from 'node:path'
import { openCaddy } from '../../e2e/proxies/caddy.ts'
import { openHaproxy } from '../../e2e/proxies/haproxy.ts'
import { openNginx } from '../../e2e/proxies/nginx.ts'
import type { Change, OpenDoor } from '../../e2e/proxies/proxy-process.ts'
import { freePort } from '../../e2e/free-port.ts'
import { has } from '../../scripts/programs.mjs'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import { alternate, type Rival } from '../rounds.ts'
import { startBareHttp } from '../servers/bare-http.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { type Contest, PREDICT, type SectionContext, type SectionResult } from './section.ts'

interface MeasuredDoor {
  readonly program: 'nginx' | 'caddy' | 'haproxy'
  readonly open: OpenDoor
  /** The change that removes the token check from the example configuration. */
  readonly unasked: Change
}

const DOORS: readonly MeasuredDoor[] = [
  { program: 'nginx', open: openNginx, unasked: ['auth_request /_latchkey;', ''] },
  {
    program: 'caddy',
    open: openCaddy,
    unasked: ['forward_auth 127.0.0.1', '@never path /never\n\t\tforward_auth @never 127.0.0.1'],
  },
  {
    program: 'haproxy',
    open: openHaproxy,
    unasked: ['http-request lua.latchkey', 'http-request set-var(txn.latchkey_verdict) str(accepted)'],
  },
]

const TOKENS = 100
// Three server processes and the load generator share two cores. With more connections they would wait for each other.
const CONNECTIONS = 1
const PLACEMENT = 'all cores'

export async function measureDoors({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  const desired = { count: TOKENS, signingAlg: 'RS256', slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'doors', desired)
  const tokensFile = join(folder, 'doors.tokens')
  const server = await startLatchkey({ dataDir, signingAlg: 'RS256', placement: PLACEMENT })
  const load = new LoadGenerator(PLACEMENT)
  const { tokenUrl, pid } = server
  const tokens = { url: tokenUrl, pid, requests: { kind: 'token', clientsFile, scope: PREDICT } } as const
  await load.collectTokens({ target: tokens, count: TOKENS, tokensFile })
  const api = await startBareHttp(PLACEMENT, { headers: ['Content-Length', '0'] })
  const ports = { latchkey: portOf(tokenUrl), api: portOf(api.origin) }

  const rival = (name: string, origin: string): Rival => ({
    work: { name, placement: PLACEMENT, connections: CONNECTIONS },
    round: () =>
      load.closedLoop({
        target: { url: `${origin}/ai/usecase`, pid, requests: { kind: 'verify', tokensFile } },
        connections: CONNECTIONS,
        seconds: effort.roundSeconds,
      }),
  })
  const contests: Contest[] = []
  for (const { program, open, unasked } of DOORS.filter((door) => has(door.program))) {
    progress(`doors: ${program}`)
    const asking = await open({ ...ports, listen: await freePort() })
    const alone = await open({ ...ports, listen: await freePort() }, [unasked])
    const rivals = [rival(`${program}, asking`, asking.url), rival(`${program} alone`, alone.url)]
    for (const { round } of rivals) await round()
    contests.push(await alternate(rivals, effort.rounds))
    await Promise.all([asking.stop(), alone.stop()])
  }
  await Promise.all([server.stop(), api.stop(), load.stop()])
  return {
    title: 'Forward authentication',
    note: `GET through the proxies of examples/ to an API that does nothing, one request after the other, with the live tokens of ${String(TOKENS)} integrations in turn; and through the same proxy with the question taken out.`,
    contests,
    figures: contests.map(([asking, alone]) => ({
      name: `${asking?.name ?? ''}: added at the median`,
      value: ((asking?.p50 ?? NaN) - (alone?.p50 ?? NaN)) * 1000,
      unit: 'µs',
    })),
  }
}

const portOf = (url: string): number => Number(new URL(url).port)
