// Section: what a store with a hundred times as many integrations costs.
import { join } from 'node:path'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget } from '../load/job.ts'
import { alternate, type Rival } from '../rounds.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { PREDICT, type SectionContext, type SectionResult } from './section.ts'

const TOKENS = 1000
const CONNECTIONS = 64
const PLACEMENT = 'one core'

export async function measureGrowth(context: SectionContext): Promise<SectionResult> {
  const { effort, progress } = context
  const load = new LoadGenerator(PLACEMENT)
  const subjects = []
  for (const count of [effort.growth.large, effort.growth.small]) subjects.push(await subject(context, load, count))
  progress('growth: large and small store in turn')
  const seconds = effort.roundSeconds
  const round = (target: LoadTarget, length: number) =>
    load.closedLoop({ target, connections: CONNECTIONS, seconds: length })
  // Verification is measured first, because a token request ends the token that is verified.
  const contests = []
  for (const kind of ['verify', 'tokens'] as const) {
    for (const each of subjects) await round(each[kind], effort.warmUpSeconds)
    const rivals = subjects.map((each): Rival => ({ work: each.work(kind), round: () => round(each[kind], seconds) }))
    contests.push(await alternate(rivals, effort.rounds))
  }
  await Promise.all([load.stop(), ...subjects.map(({ server }) => server.stop())])
  return {
    title: 'Growth',
    note: `The same work on stores of two sizes, every slot with a live token: verification of ${String(TOKENS)} tokens in turn, and ES256 token requests of all integrations in turn.`,
    contests,
    figures: [],
  }
}

async function subject({ folder, progress }: SectionContext, load: LoadGenerator, count: number) {
  progress(`growth: making a store of ${String(count)} integrations`)
  const name = `live-${String(count)}`
  const { dataDir, clientsFile } = await filledStore(folder, name, { count, signingAlg: 'ES256', slots: 'live' })
  const tokensFile = join(folder, `${name}.tokens`)
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const { pid, tokenUrl, verifyUrl } = server
  const tokens: LoadTarget = { url: tokenUrl, pid, requests: { kind: 'token', clientsFile, scope: PREDICT } }
  const verify: LoadTarget = { url: `${verifyUrl}?scope=${PREDICT}`, pid, requests: { kind: 'verify', tokensFile } }
  await load.collectTokens({ target: tokens, count: TOKENS, tokensFile })
  const work = (kind: 'tokens' | 'verify') =>
    ({ name: `${kind}, ${String(count)} integrations`, placement: PLACEMENT, connections: CONNECTIONS }) as const
  return { server, tokens, verify, work }
}
