// Section: the cost of a verification by the guard inside the process of an API.
import { join } from 'node:path'
import { filledStore } from '../fill.ts'
import { startJobProcess } from '../jobs.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { GuardChecks, GuardChecksJob } from '../programs/guard-checks.ts'
import { aResourceServer } from '../resource-server.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { type Figure, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const PLACEMENT = 'one core'
const ALGORITHMS = ['RS256', 'ES256'] as const

/** The names of the figures that the targets refer to. */
export const SEEN_BEFORE = 'signature seen before'
export const beside = (alg: string): string => `${alg}, not seen before, beside crypto.verify alone`

export async function measureGuard(context: SectionContext): Promise<SectionResult> {
  const figures: Figure[] = []
  for (const alg of ALGORITHMS) {
    const { uncached, bare, ratio, cached } = await checksOf(context, alg)
    figures.push(
      { name: `${alg}, ${SEEN_BEFORE}`, value: cached, unit: 'verifications/s' },
      { name: `${alg}, not seen before`, value: uncached, unit: 'verifications/s' },
      { name: `${alg}, crypto.verify alone`, value: bare, unit: 'signatures/s' },
      { name: beside(alg), value: ratio * 100, unit: '%' },
    )
  }
  return {
    title: 'The guard',
    note: `guard.check in the mode feed, on one core, with the live tokens of ${String(context.effort.clients)} integrations of a real server. Per second of that core's own time: what else the machine does is not counted. "Alone" is crypto.verify with the bytes at hand; the medians of pieces done in turn.`,
    contests: [],
    figures,
  }
}

async function checksOf({ effort, folder, progress }: SectionContext, alg: string): Promise<GuardChecks> {
  const { clients: count } = effort
  progress(`guard: ${String(count)} ${alg} tokens`)
  const desired = { count, signingAlg: alg, slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, `guard-${alg}`, desired)
  const tokensFile = join(folder, `guard-${alg}.tokens`)
  const server = await startLatchkey({ dataDir, signingAlg: alg, placement: 'all cores' })
  const load = new LoadGenerator(PLACEMENT)
  const requests = { kind: 'token', clientsFile, scope: PREDICT } as const
  await load.collectTokens({ target: { url: server.tokenUrl, pid: server.pid, requests }, count, tokensFile })
  const credentials = await aResourceServer(server, dataDir, [PREDICT])
  const words = [join(import.meta.dirname, '../programs/guard-checks.ts')]
  const child = startJobProcess<GuardChecksJob, GuardChecks>({ placement: PLACEMENT, seat: 'load', words })
  const issuer = server.tokenUrl.replace(/\/v1\/token$/, '')
  const checks = await child.ask({ issuer, credentials, tokensFile, scope: PREDICT, seconds: effort.signSeconds })
  await Promise.all([child.stop(), load.stop(), server.stop()])
  return checks
}
