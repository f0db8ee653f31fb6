// Section: how soon every one of many guards refuses a superseded token, at growing rates of issuance.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchClient, clientLine, readClients } from '../clients.ts'
import { filledStore } from '../fill.ts'
import { type Door, firstAnswers, introspectDoor, verifyDoor } from '../first-answers.ts'
import { type Lags, measureLags, startGuard } from '../fleet.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget, Round } from '../load/job.ts'
import { aResourceServer } from '../resource-server.ts'
import { type Row, rowOf } from '../row.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { Samples } from '../statistics.ts'
import { type Figure, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const PLACEMENT = 'one core'
/** The number of clients whose tokens are superseded and watched. The other clients make the load. */
const WATCHED = 5

const ASKED_AT_ONCE = 200

/** The names of the figures that the targets refer to. */
export const REFUSED_BESIDE_200 = figureName('200 tokens/s', 'p99 at a guard')
export const ASKED_BESIDE_200 = figureName('200 tokens/s', 'introspections')

export async function measureFleet({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  const { guards: count, perSecond, seconds } = effort.fleet
  const desired = { count: effort.clients, signingAlg: 'ES256', slots: 'live' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'fleet', desired)
  const clients = readClients(clientsFile)
  const othersFile = join(folder, 'fleet-others.clients')
  writeFileSync(othersFile, clients.slice(WATCHED).map(clientLine).join(''), { mode: 0o600 })
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const credentials = await aResourceServer(server, dataDir, [PREDICT])
  const load = new LoadGenerator(PLACEMENT)
  const target: LoadTarget = {
    ...{ url: server.tokenUrl, pid: server.pid, requests: { kind: 'token', clientsFile: othersFile, scope: PREDICT } },
  }
  progress(`fleet: starting ${String(count)} guards`)
  const guards = Array.from({ length: count }, () => startGuard(server, credentials, PLACEMENT))
  for (const guard of guards) await guard.follow()
  const watched = { clients: clients.slice(0, WATCHED), scope: PREDICT }
  const rows: Row[] = []
  const figures: Figure[] = []
  const measure = async (name: string, connections: number | undefined, round: () => Promise<Round>): Promise<void> => {
    progress(`fleet: ${name}`)
    const working = round()
    const lags = await measureLags(guards, { server, ...watched }, working)
    const work = { name: `ES256 tokens, ${String(count)} guards`, placement: PLACEMENT, connections } as const
    rows.push(rowOf(work, [await working]))
    figures.push(...lagFigures(name, lags))
  }
  for (const rate of perSecond) {
    const job = { target, perSecond: rate, seconds, beside: 'other programs' } as const
    await measure(`${String(rate)} tokens/s`, undefined, () => load.openLoop(job))
  }
  await measure('as many as there can be', 64, () => load.closedLoop({ target, connections: 64, seconds }))
  progress('fleet: the server itself')
  const client = watched.clients[0] as BenchClient
  const doors: readonly (readonly [string, Door])[] = [
    ['verify', verifyDoor(server, PREDICT)],
    ['introspection', introspectDoor(server, credentials)],
  ]
  for (const [name, door] of doors) {
    const { accepted, requested, milliseconds } = await firstAnswers(
      server,
      { client, scope: PREDICT, times: ASKED_AT_ONCE },
      door,
    )
    figures.push(
      { name: `${name}, asked at once: still accepted, of ${String(requested)}`, value: accepted, unit: '' },
      {
        name: `${name}, asked at once: p99 of the answer`,
        value: percentilesOf(milliseconds, 0.99)[0] ?? 0,
        unit: 'ms',
      },
    )
  }
  await Promise.all([server.stop(), load.stop(), ...guards.map((guard) => guard.stop())])
  return {
    title: 'A fleet of guards',
    note: `${String(count)} guards in processes of their own follow the feed of a server with ${String(clients.length)} integrations. Beside token requests at growing rates, the tokens of ${String(WATCHED)} integrations are superseded again and again, and each guard tries the old ones every 4 ms: milliseconds from the 200 with the new token to the refusal of the old one. The server has one core, guards and load share the other.`,
    contests: rows.map((row) => [row]),
    figures,
  }
}

function figureName(beside: string, what: string): string {
  return `beside ${beside}: ${what}`
}

function lagFigures(beside: string, { each, slowest, introspections }: Lags): readonly Figure[] {
  const [p50 = 0, p99 = 0, most = 0] = percentilesOf(each, 0.5, 0.99, 1)
  const [last = 0] = percentilesOf(slowest, 0.99)
  const figure = (what: string, value: number, unit = 'ms'): Figure => ({ name: figureName(beside, what), value, unit })
  return [
    figure('p50 at a guard', p50),
    figure('p99 at a guard', p99),
    figure('p99 at the slowest guard', last),
    figure('the longest', most),
    figure('refusals', each.length, ''),
    figure('introspections', introspections, ''),
  ]
}

function percentilesOf(values: readonly number[], ...shares: readonly number[]): readonly number[] {
  const samples = new Samples()
  for (const value of values) samples.add(value)
  return samples.percentiles(...shares)
}
