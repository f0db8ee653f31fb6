// Section: the token endpoint against oidc-provider, both at full speed.
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { Round } from '../load/job.ts'
import { checkOneLiveToken } from '../one-live-token.ts'
import type { Placement } from '../placement.ts'
import { alternate, type Rival } from '../rounds.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { startOidcProvider } from '../servers/oidc-provider.ts'
import type { RunningServer } from '../servers/running-server.ts'
import { checkSignedToken } from '../signed-token.ts'
import { whole } from '../table.ts'
import { type Contest, MODEL, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const ALGORITHMS = ['RS256', 'ES256'] as const
const LIFETIME_SECONDS = 3600

export async function measureTokens(context: SectionContext): Promise<SectionResult> {
  const contests: Contest[] = []
  for (const placement of context.effort.placements) {
    for (const alg of ALGORITHMS) contests.push(...(await contestsOf(context, placement, alg)))
  }
  return {
    title: 'Tokens',
    note: `POST to the token endpoint, ${whole(context.effort.clients)} clients in turn, the same bytes to all. latchkey has every token synced to the disk before it answers, and deletes the one before it; oidc-provider stores nothing. It has its clients in an adapter, or fixed in its configuration, where none can be added or disabled while it runs.`,
    contests,
    figures: [],
  }
}

async function contestsOf(
  { effort, folder, progress }: SectionContext,
  placement: Placement,
  alg: (typeof ALGORITHMS)[number],
): Promise<readonly Contest[]> {
  progress(`tokens, ${alg}, ${placement}: starting the servers`)
  const name = `tokens-${alg}-${placement.replace(' ', '-')}`
  const desired = { count: effort.clients, signingAlg: alg, slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, name, desired)
  const peer = { clientsFile, alg, scopes: [PREDICT, MODEL] }
  const [ours, ...theirs] = await Promise.all([
    startLatchkey({ dataDir, signingAlg: alg, placement }),
    startOidcProvider(placement, { ...peer, clients: 'in adapter' }),
    startOidcProvider(placement, { ...peer, clients: 'fixed' }),
  ])
  const load = new LoadGenerator(placement)

  const round = async (server: RunningServer, connections: number, seconds: number): Promise<Round> => {
    const requests = { kind: 'token', clientsFile, scope: PREDICT } as const
    const target = { url: server.tokenUrl, pid: server.pid, requests }
    const measured = await load.closedLoop({ target, connections, seconds })
    if (server === ours) await checkOneLiveToken(ours, PREDICT, measured.last)
    return measured
  }
  const servers = [ours, ...theirs]
  for (const server of servers) {
    const { last } = await round(server, Math.max(...effort.connections), effort.warmUpSeconds)
    await checkSignedToken(server, { alg, scope: PREDICT, lifetimeSeconds: LIFETIME_SECONDS }, last)
  }
  const contests: Contest[] = []
  for (const connections of effort.connections) {
    progress(`tokens, ${alg}, ${placement}, ${String(connections)} connections`)
    const rivals = servers.map((server): Rival => ({
      work: { name: `${alg} ${server.name}`, placement, connections },
      round: () => round(server, connections, effort.roundSeconds),
    }))
    contests.push(await alternate(rivals, effort.rounds))
  }
  await Promise.all([...servers.map((server) => server.stop()), load.stop()])
  return contests
}
