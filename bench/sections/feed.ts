// Section: a snapshot of very many slots (pairs of integration and scope), and the latency of token requests while it
// is sent.
import { filledStore } from '../fill.ts'
import { type GuardProcess, type LoadedTable, startGuard } from '../fleet.ts'
import { LoadGenerator } from '../load-generator.ts'
import type { LoadTarget, Round } from '../load/job.ts'
import { aResourceServer } from '../resource-server.ts'
import { alternate } from '../rounds.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { median } from '../statistics.ts'
import { whole } from '../table.ts'
import { MODEL, PREDICT, type SectionContext, type SectionResult } from './section.ts'

const PLACEMENT = 'one core'
const PER_SECOND = 200

/** The names of the rows and figures that the targets refer to. */
export const TOKENS_WITHOUT_READER = 'ES256 tokens, no reader'
export const TOKENS_DURING_SNAPSHOT = 'ES256 tokens, during snapshots'
export const SNAPSHOT_LOADED = 'the whole snapshot, loaded by a guard'

export async function measureFeed({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  const { slots, seconds } = effort.feed
  progress(`feed: making a store of ${whole(slots)} slots`)
  const desired = { count: slots / 2, signingAlg: 'ES256', slots: 'live' } as const
  const { dataDir, clientsFile } = await filledStore(folder, 'feed', desired)
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const credentials = await aResourceServer(server, dataDir, [PREDICT, MODEL])
  const load = new LoadGenerator(PLACEMENT)
  const guard = startGuard(server, credentials, PLACEMENT)
  const target: LoadTarget = {
    ...{ url: server.tokenUrl, pid: server.pid, requests: { kind: 'token', clientsFile, scope: PREDICT } },
  }
  const tokens = (length: number): Promise<Round> =>
    load.openLoop({ target, perSecond: PER_SECOND, seconds: length, beside: 'other programs' })
  await tokens(effort.warmUpSeconds)
  const loaded: LoadedTable[] = []
  progress(`feed: ${whole(PER_SECOND)} tokens/s, without and with snapshots of ${whole(slots)} slots`)
  const rows = await alternate(
    [
      {
        work: { name: TOKENS_WITHOUT_READER, placement: PLACEMENT, connections: undefined },
        round: async () => {
          await guard.rest()
          return tokens(seconds)
        },
      },
      {
        work: { name: TOKENS_DURING_SNAPSHOT, placement: PLACEMENT, connections: undefined },
        round: () => duringSnapshots(guard, loaded, tokens(seconds)),
      },
    ],
    effort.rounds,
  )
  await Promise.all([server.stop(), load.stop(), guard.stop()])
  return {
    title: 'The feed',
    note: `A server with ${whole(slots)} slots, each with a live token. Token requests that arrive at random, ${whole(PER_SECOND)} a second, without a reader of the feed, and while a guard loads the whole table again and again.`,
    contests: rows.map((row) => [row]),
    figures: [
      { name: SNAPSHOT_LOADED, value: median(loaded.map(({ milliseconds }) => milliseconds)), unit: 'ms' },
      { name: 'slots in it', value: median(loaded.map((table) => table.slots)), unit: '' },
      {
        name: "a slot in the guard's table",
        value: median(loaded.map((table) => table.tableBytes / table.slots)),
        unit: 'bytes',
      },
    ],
  }
}

/** Loads one snapshot after another until `working` is settled, and waits for the last snapshot. */
async function duringSnapshots(guard: GuardProcess, loaded: LoadedTable[], working: Promise<Round>): Promise<Round> {
  const progress = { isOver: false }
  const end = (): void => {
    progress.isOver = true
  }
  working.then(end, end)
  do loaded.push(await guard.follow())
  while (!progress.isOver)
  return working
}
