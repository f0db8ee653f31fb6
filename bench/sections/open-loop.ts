// Section: the latency of token requests below the highest rate, sent by independent programs.
import { filledStore } from '../fill.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget } from '../load/job.ts'
import { alternate } from '../rounds.ts'
import { rowOf } from '../row.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { PREDICT, type SectionContext, type SectionResult } from './section.ts'

const CONNECTIONS_AT_PEAK = 64
const SHARE_OF_PEAK = 0.5
const PLACEMENT = 'one core'

export async function measureOpenLoop({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  progress('open loop: finding the peak')
  const desired = { count: effort.clients, signingAlg: 'ES256', slots: 'empty' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'open-loop', desired)
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const load = new LoadGenerator(PLACEMENT)
  const target: LoadTarget = {
    ...{ url: server.tokenUrl, pid: server.pid, requests: { kind: 'token', clientsFile, scope: PREDICT } },
  }
  const atPeak = { target, connections: CONNECTIONS_AT_PEAK }
  await load.closedLoop({ ...atPeak, seconds: effort.warmUpSeconds })
  const peakWork = { name: 'ES256 peak', placement: PLACEMENT, connections: CONNECTIONS_AT_PEAK } as const
  const peak = rowOf(peakWork, [await load.closedLoop({ ...atPeak, seconds: effort.roundSeconds })])
  const perSecond = Math.round(peak.perSecond * SHARE_OF_PEAK)
  progress(`open loop, ${String(perSecond)} requests/s`)
  const openLoop = await alternate(
    [
      {
        work: { name: 'ES256 open loop', placement: PLACEMENT, connections: undefined },
        round: () => load.openLoop({ target, perSecond, seconds: effort.openLoopSeconds, beside: 'nothing' }),
      },
    ],
    effort.rounds,
  )
  await Promise.all([server.stop(), load.stop()])
  return {
    title: 'Latency at half the peak',
    note: 'ES256 token requests that arrive at random (Poisson) at half the rate just measured; latency counts from the moment each was due.',
    contests: [[peak], openLoop],
    figures: [],
  }
}
