// Section: the token endpoint against oidc-provider, as fast as both can.
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget, Round } from '../load/job.ts'
import { checkOneLiveToken } from '../one-live-token.ts'
import type { Placement } from '../placement.ts'
import { alternate, type Rival } from '../rounds.ts'
import type { Row } from '../row.ts'
import { type LatchkeyServer, startLatchkey } from '../servers/latchkey.ts'
import { startOidcProvider } from '../servers/oidc-provider.ts'
import type { RunningServer } from '../servers/running-server.ts'
import { checkSignedToken } from '../signed-token.ts'
import { MODEL, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const ALGORITHMS = ['RS256', 'ES256'] as const
const PLACEMENTS: readonly Placement[] = ['one core', 'all cores']
const LIFETIME_SECONDS = 3600

export async function measureTokens(context: SectionContext): Promise<SectionResult> {
  const rows: Row[] = []
  for (const placement of PLACEMENTS) {
    for (const alg of ALGORITHMS) rows.push(...(await contest(context, placement, alg)))
  }
  return {
    title: 'Tokens',
    note: `POST to the token endpoint, ${String(context.effort.clients)} clients in turn, the same bytes to both. latchkey has every token synced to the disk before it answers, and deletes the one before it; oidc-provider stores nothing.`,
    rows,
    figures: [],
  }
}

async function contest(
  { effort, folder, progress }: SectionContext,
  placement: Placement,
  alg: (typeof ALGORITHMS)[number],
): Promise<readonly Row[]> {
  progress(`tokens, ${alg}, ${placement}: starting both servers`)
  const name = `tokens-${alg}-${placement.replace(' ', '-')}`
  const wish = { count: effort.clients, signingAlg: alg, slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, name, wish)
  const [ours, theirs] = await Promise.all([
    startLatchkey({ dataDir, signingAlg: alg, placement }),
    startOidcProvider(placement, { clientsFile, alg, scopes: [PREDICT, MODEL] }),
  ])
  const load = new LoadGenerator(placement)

  const target = ({ tokenUrl: url, pid }: RunningServer): LoadTarget => ({
    ...{ url, pid, requests: { kind: 'token', clientsFile, scope: PREDICT } },
  })
  const wanted = { alg, scope: PREDICT, lifetimeSeconds: LIFETIME_SECONDS }
  const ourRound = async (server: LatchkeyServer, connections: number, seconds: number): Promise<Round> => {
    const round = await load.closedLoop({ target: target(server), connections, seconds })
    await checkOneLiveToken(server, PREDICT, round.last)
    return round
  }
  const theirRound = (connections: number, seconds: number): Promise<Round> =>
    load.closedLoop({ target: target(theirs), connections, seconds })

  const busiest = Math.max(...effort.connections)
  await checkSignedToken(ours, wanted, (await ourRound(ours, busiest, effort.warmUpSeconds)).last)
  await checkSignedToken(theirs, wanted, (await theirRound(busiest, effort.warmUpSeconds)).last)
  const rows: Row[] = []
  for (const connections of effort.connections) {
    progress(`tokens, ${alg}, ${placement}, ${String(connections)} connections`)
    const rivals: readonly Rival[] = [
      {
        work: { name: `${alg} latchkey`, placement, connections },
        round: () => ourRound(ours, connections, effort.roundSeconds),
      },
      {
        work: { name: `${alg} oidc-provider`, placement, connections },
        round: () => theirRound(connections, effort.roundSeconds),
      },
    ]
    rows.push(...(await alternate(rivals, effort.rounds)))
  }
  await Promise.all([ours.stop(), theirs.stop(), load.stop()])
  return rows
}
