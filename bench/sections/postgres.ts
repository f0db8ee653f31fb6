// Section: the same server on PostgreSQL and on the embedded store, and two servers on one PostgreSQL database.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { execute } from '../../packages/latchkey/test/postgres/databases.ts'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget, Round } from '../load/job.ts'
import { alternate, type Rival } from '../rounds.ts'
import { type LatchkeyServer, startLatchkey } from '../servers/latchkey.ts'
import { type Contest, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const CLIENTS = 2000
const TOKENS = 1000
const PLACEMENT = 'all cores'
const ALG = 'ES256'

/** The names of the rows that the targets refer to. */
export const ON = {
  embedded: 'ES256 embedded',
  postgres: 'ES256 PostgreSQL',
  two: 'ES256 PostgreSQL, two servers',
  verify: 'verify PostgreSQL',
} as const

export async function measurePostgres({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  progress('postgres: starting PostgreSQL and the servers')
  const cluster = await startCluster()
  await execute(cluster.url, 'CREATE DATABASE bench')
  const database = cluster.url.replace(/postgres$/, 'bench')
  const desired = { count: CLIENTS, signingAlg: ALG, slots: 'empty' } as const
  const embedded = await filledStore(folder, 'beside-postgres', desired)
  const shared = await filledStore(folder, 'on-postgres', { ...desired, database })
  const start = (dataDir: string, on?: string): Promise<LatchkeyServer> =>
    startLatchkey({ dataDir, signingAlg: ALG, placement: PLACEMENT, ...(on !== undefined && { database: on }) })
  const own = await start(embedded.dataDir)
  const one = await start(shared.dataDir, database)
  const other = await start(join(folder, 'on-postgres-too'), database)
  const loads = [new LoadGenerator(PLACEMENT), new LoadGenerator(PLACEMENT)] as const
  // PostgreSQL writes the ID of its first process into this file.
  const behind = { database: Number.parseInt(readFileSync(join(cluster.folder, 'data/postmaster.pid'), 'latin1')) }
  const tokens = (server: LatchkeyServer, clientsFile: string): LoadTarget => ({
    ...behind,
    url: server.tokenUrl,
    pid: server.pid,
    requests: { kind: 'token', clientsFile, scope: PREDICT },
  })
  const alone = (target: LoadTarget, connections: number, seconds: number) =>
    loads[0].closedLoop({ target, connections, seconds })
  const together = async (connections: number, seconds: number): Promise<Round> => {
    const [first, second] = await Promise.all(
      [one, other].map((server, at) =>
        (loads[at] as LoadGenerator).closedLoop({
          target: tokens(server, shared.clientsFile),
          connections: connections / 2,
          seconds,
        }),
      ),
    )
    return sumOf(first as Round, second as Round)
  }
  const work = (name: string, connections: number) => ({ name, placement: PLACEMENT, connections }) as const
  const contests: Contest[] = []
  for (const connections of [1, 64]) {
    const rivals: Rival[] = [
      {
        work: work(ON.postgres, connections),
        round: () => alone(tokens(one, shared.clientsFile), connections, effort.roundSeconds),
      },
      {
        work: work(ON.embedded, connections),
        round: () => alone(tokens(own, embedded.clientsFile), connections, effort.roundSeconds),
      },
    ]
    if (connections > 1)
      rivals.push({ work: work(ON.two, connections), round: () => together(connections, effort.roundSeconds) })
    await alone(tokens(one, shared.clientsFile), connections, effort.warmUpSeconds)
    await alone(tokens(own, embedded.clientsFile), connections, effort.warmUpSeconds)
    progress(`postgres: tokens, ${String(connections)} connections`)
    contests.push(await alternate(rivals, effort.rounds))
  }
  progress('postgres: verification')
  const tokensFile = join(folder, 'postgres.tokens')
  await loads[0].collectTokens({ target: tokens(one, shared.clientsFile), count: TOKENS, tokensFile })
  const verify: LoadTarget = {
    ...behind,
    url: `${one.verifyUrl}?scope=${PREDICT}`,
    pid: one.pid,
    requests: { kind: 'verify', tokensFile },
  }
  await alone(verify, 64, effort.warmUpSeconds)
  contests.push(
    await alternate(
      [{ work: work(ON.verify, 64), round: () => alone(verify, 64, effort.roundSeconds) }],
      effort.rounds,
    ),
  )
  await Promise.all([...[own, one, other].map((server) => server.stop()), ...loads.map((load) => load.stop())])
  await cluster.remove()
  return {
    title: 'PostgreSQL',
    note: `POST to the token endpoint, ${String(CLIENTS)} clients in turn, and GET /v1/verify with the live tokens of ${String(TOKENS)}; PostgreSQL with its defaults, durable, on the same machine and the same cores as everything else.`,
    contests,
    figures: [],
  }
}

/**
 * Combines two rounds that ran at the same time into one. The longer duration counts. Each of the two rounds counted
 * the server and load generator of the other round as other processes, so their CPU seconds are subtracted.
 */
const sumOf = (one: Round, other: Round): Round => ({
  seconds: Math.max(one.seconds, other.seconds),
  answers: one.answers + other.answers,
  p50: Math.max(one.p50, other.p50),
  p99: Math.max(one.p99, other.p99),
  p999: Math.max(one.p999, other.p999),
  serverCpuSeconds: one.serverCpuSeconds + other.serverCpuSeconds,
  loadCpuSeconds: one.loadCpuSeconds + other.loadCpuSeconds,
  // Both rounds measured the same database.
  databaseCpuSeconds: Math.max(one.databaseCpuSeconds, other.databaseCpuSeconds),
  otherCpuSeconds: one.otherCpuSeconds - other.serverCpuSeconds - other.loadCpuSeconds,
  last: [...one.last, ...other.last],
})
