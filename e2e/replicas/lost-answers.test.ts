// PostgreSQL ends sessions and restarts under load, and no client sees an error.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { type Cluster, startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { underLoad } from '../beside.ts'
import { seededChance } from '../chance.ts'
import { eventually } from '../eventually.ts'
import { violations } from '../history/judge.ts'
import { checkAll } from '../history/load.ts'
import { Recorder, slotName } from '../history/recorder.ts'
import { createIntegration, MODEL, PREDICT, readAdminKey } from '../integrations.ts'
import { endSessions } from './end-sessions.ts'
import { type Replica, startFleet } from './fleet.ts'
import { runFleetLoad } from './fleet-load.ts'

const CLIENTS = 8
/** How many times the test ends all sessions. */
const ENDINGS = 15
/**
 * The longest restart that clients must not notice, in milliseconds. The servers retry for two seconds, and need a part
 * of that time to reconnect.
 */
const SHORT_MS = 1300
const MOST_RESTARTS = 8

describe.skipIf(!has('postgresql-server'))('under load at two replicas', () => {
  let cluster: Cluster
  beforeEach(async () => {
    cluster = await startCluster()
  })
  afterEach(() => cluster.remove())

  /** Runs `disturb` under load, and checks all answers to clients in that time as one history. */
  async function toldMeanwhile(disturb: (recorder: Recorder) => Promise<void>) {
    const replicas = await startFleet({ databases: [cluster.url, cluster.url] })
    const first = replicas[0] as Replica
    const integrations = await Promise.all([1, 2, 3].map(() => createIntegration(first)))
    const slots = integrations.flatMap((integration) => [PREDICT, MODEL].map((scope) => ({ integration, scope })))
    const resourceServer = await createIntegration(first, { resource_server: true })
    const recorder = new Recorder()
    const chance = seededChance()
    const load = (isOver: () => boolean) =>
      runFleetLoad({
        ...{ recorder, slots, resourceServer, toggled: [], clients: CLIENTS, chance, isOver },
        replicas: () => replicas,
      })
    await underLoad(load, () => disturb(recorder))
    const received = [...recorder.received.values()]
    const live = (await checkAll({ server: first, recorder, resourceServer }, received)).map(slotName)
    expect(live.length).toBe(new Set(live).size)
    expect(violations(recorder.history)).toEqual([])
    const unanswered = await Promise.all(replicas.map(unansweredCommits))
    console.info(
      `${String(recorder.answered)} answers, ${String(recorder.unavailable)} of them 503; commits without an answer: ${unanswered.join(' and ')}`,
    )
    return { recorder, unanswered: Math.max(...unanswered) }
  }

  const someAnswers = (recorder: Recorder): Promise<unknown> => {
    const before = recorder.answered
    return eventually(() => recorder.answered > before + 50, { within: 60_000, what: 'requests go on' })
  }

  test('no client sees an error when all sessions end', async () => {
    const { recorder, unanswered } = await toldMeanwhile(async (running) => {
      for (let n = 0; n < ENDINGS; n++) {
        await someAnswers(running)
        await endSessions(cluster)
      }
      await someAnswers(running)
    })
    expect(recorder.broken).toBe(0)
    // The server may answer 503 if a request's token was stored, and then superseded and revoked, before the answer.
    expect(recorder.unavailable).toBeLessThan(recorder.answered / 200)
    expect(unanswered).toBeGreaterThan(0)
  })

  test('no client sees an error during a short restart of PostgreSQL', async () => {
    const untold: number[] = []
    await toldMeanwhile(async (running) => {
      // On a busy machine a restart may take longer than the retry budget, so the test makes several attempts.
      for (let n = 0; n < MOST_RESTARTS && untold.length < 1; n++) {
        const before = running.unavailable
        const begun = performance.now()
        await cluster.stop('fast')
        await cluster.start()
        const isShort = performance.now() - begun < SHORT_MS
        await someAnswers(running)
        if (isShort) untold.push(running.unavailable - before)
      }
      expect(running.broken).toBe(0)
    })
    expect(untold).toEqual([0])
  })
})

async function unansweredCommits(replica: Replica): Promise<number> {
  const headers = { authorization: `Bearer ${readAdminKey(replica).reveal()}` }
  const metrics = await (await fetch(`${replica.adminUrl}/metrics`, { headers })).text()
  return Number(/^latchkey_commits_unanswered_total (\d+)$/m.exec(metrics)?.[1])
}
