// Section: the latency of admin requests with many integrations, and of token requests while an apply creates the same
// number of new integrations.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PageKind, pageKinds } from '../admin-pages.ts'
import { Applies } from '../applies.ts'
import { readClients } from '../clients.ts'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget } from '../load/job.ts'
import { alternate } from '../rounds.ts'
import { type Row, rowOf } from '../row.ts'
import { type LatchkeyServer, startLatchkey } from '../servers/latchkey.ts'
import { median } from '../statistics.ts'
import { whole } from '../table.ts'
import { type Figure, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const PLACEMENT = 'one core'
const CONNECTIONS_AT_PEAK = 64
const SHARE_OF_PEAK = 0.25

/** The names of the rows that the targets refer to. */
export const TOKENS_IDLE = 'ES256 tokens, nothing else'
export const TOKENS_DURING_APPLY = 'ES256 tokens, during apply'

interface Subject {
  readonly dataDir: string
  readonly clientsFile: string
  readonly server: LatchkeyServer
  readonly load: LoadGenerator
}

export async function measureAdministration(context: SectionContext): Promise<SectionResult> {
  const { integrations: count } = context.effort.administration
  const load = new LoadGenerator(PLACEMENT)
  const subject = await usedStore(context, load)
  const pages = await pageRows(context, subject)
  const { rows, figure } = await applyRows(context, subject)
  await Promise.all([subject.server.stop(), load.stop()])
  return {
    title: 'Administration',
    note: `A server with ${whole(count)} integrations, every slot with a live token. Pages of 50 of the admin API, one request after the other, lists and searches in all six orders in turn. Then token requests that arrive at random at a quarter of the peak rate, without and with latchkey apply making ${whole(count)} integrations again and again; latency counts from the moment each was due.`,
    contests: [...pages, ...rows].map((row) => [row]),
    figures: [figure],
  }
}

/** Starts the server again after each integration was used once, so that the last uses are on the disk. */
async function usedStore({ effort, folder, progress }: SectionContext, load: LoadGenerator): Promise<Subject> {
  const { integrations: count } = effort.administration
  progress(`administration: making a store of ${String(count)} integrations`)
  const desired = { count, signingAlg: 'ES256', slots: 'live' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'administration', desired)
  const start = () => startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const first = await start()
  const tokensFile = join(folder, 'administration.tokens')
  await load.collectTokens({ target: tokensOf(first, clientsFile), count, tokensFile })
  await first.stop()
  return { dataDir, clientsFile, server: await start(), load }
}

async function pageRows({ effort, progress }: SectionContext, subject: Subject): Promise<readonly Row[]> {
  const { integrations: count, pageSeconds } = effort.administration
  const { dataDir, clientsFile, server, load } = subject
  progress('administration: pages of the admin API')
  const keyFile = join(dataDir, 'admin.key')
  const clientId = readClients(clientsFile)[count / 2]?.clientId ?? ''
  const kinds = await pageKinds(
    { adminUrl: server.adminUrl, key: readFileSync(keyFile, 'utf8').trimEnd() },
    { count, clientId },
  )
  const round = ({ paths }: PageKind, seconds: number) => {
    const target: LoadTarget = { url: server.adminUrl, pid: server.pid, requests: { kind: 'admin', paths, keyFile } }
    return load.closedLoop({ target, connections: 1, seconds })
  }
  for (const kind of kinds) await round(kind, effort.warmUpSeconds / kinds.length)
  return alternate(
    kinds.map((kind) => ({
      work: { name: kind.name, placement: PLACEMENT, connections: 1 },
      round: () => round(kind, pageSeconds),
    })),
    effort.rounds,
  )
}

async function applyRows(
  { effort, folder, progress }: SectionContext,
  { dataDir, clientsFile, server, load }: Subject,
): Promise<{ readonly rows: readonly Row[]; readonly figure: Figure }> {
  const { integrations: count, tokenSeconds: seconds } = effort.administration
  progress('administration: finding the peak')
  const target = tokensOf(server, clientsFile)
  const atPeak = { target, connections: CONNECTIONS_AT_PEAK }
  await load.closedLoop({ ...atPeak, seconds: effort.warmUpSeconds })
  const peakWork = { name: 'ES256 peak', placement: PLACEMENT, connections: CONNECTIONS_AT_PEAK } as const
  const peak = rowOf(peakWork, [await load.closedLoop({ ...atPeak, seconds: effort.roundSeconds })])
  const perSecond = Math.round(peak.perSecond * SHARE_OF_PEAK)
  progress(`administration: ${String(perSecond)} tokens/s, without and with apply`)
  const applies = new Applies({ folder, dataDir, count, placement: PLACEMENT })
  // An apply of ten thousand integrations takes at least a second.
  const most = Math.ceil(seconds * (10_000 / count)) + 1
  const tokens = () => load.openLoop({ target, perSecond, seconds, beside: 'other programs' })
  const rows = await alternate(
    [
      { work: { name: TOKENS_IDLE, placement: PLACEMENT, connections: undefined }, round: tokens },
      {
        work: { name: TOKENS_DURING_APPLY, placement: PLACEMENT, connections: undefined },
        round: () => applies.during(tokens, most),
      },
    ],
    effort.rounds,
  )
  return {
    rows: [peak, ...rows],
    figure: { name: `apply of ${whole(count)}, beside the tokens`, value: median(applies.milliseconds), unit: 'ms' },
  }
}

const tokensOf = ({ tokenUrl: url, pid }: LatchkeyServer, clientsFile: string): LoadTarget => ({
  ...{ url, pid, requests: { kind: 'token', clientsFile, scope: PREDICT } },
})
