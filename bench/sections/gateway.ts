// Section: the gateway, compared with a proxy library and with a bare proxy of undici's dispatcher.
import { join } from 'node:path'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import { alternate, type Rival } from '../rounds.ts'
import { type BareHttp, startBareHttp } from '../servers/bare-http.ts'
import { startBareDispatch } from '../servers/bare-dispatch.ts'
import { startReplyFrom } from '../servers/reply-from.ts'
import { startGateway } from '../servers/gateway.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { PREDICT, type SectionContext, type SectionResult } from './section.ts'

const TOKENS = 1000
const CONNECTIONS = [64, 1] as const
const PLACEMENT = 'one core'

export const GATEWAY = 'gateway'
export const REPLY_FROM = 'reply-from alone'
const PASS_THROUGH = 'undici pass-through'

/** A typical answer of an API: half a kilobyte of JSON. */
const ANSWER = JSON.stringify({ predictions: [{ response: 'a'.repeat(450), tokensUsed: { inputTokens: 12 } }] })

export async function measureGateway({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  progress('gateway: starting server, upstream and proxies')
  const desired = { count: TOKENS, signingAlg: 'RS256', slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'gateway', desired)
  const tokensFile = join(folder, 'gateway.tokens')
  const server = await startLatchkey({ dataDir, signingAlg: 'RS256', placement: PLACEMENT })
  const load = new LoadGenerator(PLACEMENT)
  const { tokenUrl: url, pid } = server
  const tokens = { url, pid, requests: { kind: 'token', clientsFile, scope: PREDICT } } as const
  await load.collectTokens({ target: tokens, count: TOKENS, tokensFile })
  // The upstream runs on the core of the load generator, so that the proxies have a core to themselves.
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(ANSWER.length)]
  const api = await startBareHttp(PLACEMENT, { headers, body: ANSWER }, 'load')
  const shared = { server, dataDir, upstream: api.origin, placement: PLACEMENT } as const
  const gateway = await startGateway({ ...shared, accessLog: 'on' })
  const quiet = await startGateway({ ...shared, accessLog: 'off' })
  const library = await startReplyFrom(PLACEMENT, { upstream: api.origin })
  const bare = await startBareDispatch(PLACEMENT, { upstream: api.origin })

  const rival = (name: string, proxy: BareHttp, connections: number): Rival => ({
    work: { name, placement: PLACEMENT, connections },
    round: () =>
      load.closedLoop({
        target: { url: `${proxy.origin}/ai/usecase`, pid: proxy.pid, requests: { kind: 'verify', tokensFile } },
        connections,
        seconds: effort.roundSeconds,
      }),
  })
  const contests = []
  for (const connections of CONNECTIONS) {
    progress(`gateway, ${String(connections)} connections`)
    const rivals = [
      rival(GATEWAY, gateway, connections),
      rival(`${GATEWAY}, no access log`, quiet, connections),
      rival(REPLY_FROM, library, connections),
      rival(PASS_THROUGH, bare, connections),
    ]
    for (const { round } of rivals) await round()
    contests.push(await alternate(rivals, effort.rounds))
  }
  await Promise.all([gateway.stop(), quiet.stop(), library.stop(), bare.stop(), load.stop()])
  await Promise.all([server.stop(), api.stop()])
  const [ours, , theirs] = contests.at(-1) ?? []
  const [busy, , , passThrough] = contests[0] ?? []
  return {
    title: 'Gateway',
    note: `GET through the gateway, its guard following the feed, to an API that answers half a kilobyte, with the live tokens of ${String(TOKENS)} integrations in turn; through a proxy of the library @fastify/reply-from, and through a bare proxy of undici's dispatcher; these two look at nothing and log nothing. Every signature was seen before. The API shares its core with the load generator.`,
    contests,
    figures: [
      { name: 'gateway: added at the median', value: ((ours?.p50 ?? NaN) - (theirs?.p50 ?? NaN)) * 1000, unit: 'µs' },
      {
        name: 'gateway: processor time beside undici pass-through, 64 connections',
        value: percent(busy?.serverCpuMicroseconds, passThrough?.serverCpuMicroseconds),
        unit: '%',
      },
      {
        name: 'gateway: rate beside undici pass-through, 64 connections',
        value: percent(busy?.perSecond, passThrough?.perSecond),
        unit: '%',
      },
    ],
  }
}

const percent = (part = NaN, whole = NaN): number => (part / whole) * 100
