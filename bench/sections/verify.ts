// Section: verification with warm caches, compared with a server that checks nothing.
import { join } from 'node:path'
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget } from '../load/job.ts'
import { alternate } from '../rounds.ts'
import { startBareHttp } from '../servers/bare-http.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { PREDICT, type SectionContext, type SectionResult } from './section.ts'
import { headersOfVerify } from '../verify-headers.ts'

const TOKENS = 1000
const CONNECTIONS = 64
const PLACEMENT = 'one core'

export async function measureVerify({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  progress('verify: starting both servers')
  const desired = { count: TOKENS, signingAlg: 'ES256', slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'verify', desired)
  const tokensFile = join(folder, 'verify.tokens')
  const ours = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const load = new LoadGenerator(PLACEMENT)
  const tokens = {
    url: ours.tokenUrl,
    pid: ours.pid,
    requests: { kind: 'token', clientsFile, scope: PREDICT },
  } as const
  await load.collectTokens({ target: tokens, count: TOKENS, tokensFile })
  const verifyUrl = new URL(`${ours.verifyUrl}?scope=${PREDICT}`)
  const headers = await headersOfVerify(verifyUrl, tokensFile)
  const bare = await startBareHttp(PLACEMENT, { headers })

  const requests = { kind: 'verify', tokensFile } as const
  const ourTarget: LoadTarget = { url: verifyUrl.href, pid: ours.pid, requests }
  // Both servers get the same path, so that they parse the same bytes.
  const bareUrl = new URL(verifyUrl.pathname + verifyUrl.search, bare.origin)
  const bareTarget: LoadTarget = { url: bareUrl.href, pid: bare.pid, requests }
  const round = (target: LoadTarget, seconds: number) => load.closedLoop({ target, connections: CONNECTIONS, seconds })
  for (const target of [ourTarget, bareTarget]) await round(target, effort.warmUpSeconds)
  progress(`verify, ${String(CONNECTIONS)} connections`)
  const work = { placement: PLACEMENT, connections: CONNECTIONS } as const
  const contest = await alternate(
    [
      { work: { name: 'verify latchkey', ...work }, round: () => round(ourTarget, effort.roundSeconds) },
      { work: { name: 'bare node:http', ...work }, round: () => round(bareTarget, effort.roundSeconds) },
    ],
    effort.rounds,
  )
  await Promise.all([ours.stop(), bare.stop(), load.stop()])
  return {
    title: 'Verification',
    note: `GET /v1/verify with the live tokens of ${String(TOKENS)} integrations in turn, every signature seen before. The bare server sends the same headers and looks at nothing of the request.`,
    contests: [contest],
    figures: [],
  }
}
