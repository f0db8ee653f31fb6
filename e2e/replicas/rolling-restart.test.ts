// Three servers behind a real proxy are restarted one after the other, and no client sees an error.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { eventually } from '../eventually.ts'
import { violations } from '../history/judge.ts'
import { RecordedClient, Recorder } from '../history/recorder.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { type Replica, startFleet } from './fleet.ts'
import { startProxy } from './proxy.ts'

const CLIENTS = 8
// The delay of a stop, in seconds. The proxy checks the readiness of each server ten times a second.
const SHUTDOWN_DELAY = '2'

describe.skipIf(!has('postgresql-server'))('on PostgreSQL', () => {
  test.skipIf(!has('haproxy'))(
    'a rolling restart of three servers behind HAProxy fails no request',
    async () => {
      const cluster = await startCluster()
      try {
        const databases = [cluster.url, cluster.url, cluster.url]
        const replicas = [...(await startFleet({ databases, env: { LATCHKEY_SHUTDOWN_DELAY: SHUTDOWN_DELAY } }))]
        const first = replicas[0] as Replica
        const proxy = await startProxy(replicas)
        const integrations = await Promise.all(Array.from({ length: CLIENTS }, () => createIntegration(first)))
        const recorder = new Recorder()
        let isOver = false
        const load = integrations.map(async (integration) => {
          const client = new RecordedClient({ issuer: new URL(new URL(first.issuer).pathname, proxy).href }, recorder)
          while (!isOver) {
            const token = await client.issue({ integration, scope: PREDICT })
            if (token !== undefined) await client.verify(token)
          }
          client.close()
        })
        const restarts = async (): Promise<void> => {
          for (const [at, replica] of replicas.entries()) {
            expect(await replica.stop()).toMatchObject({ code: 0 })
            replicas[at] = await replica.again()
            // All three servers run for a while before the next server stops.
            const before = recorder.answered
            await eventually(() => recorder.answered > before + 200, { within: 20_000, what: 'requests go on' })
          }
        }
        await Promise.all([...load, restarts().finally(() => (isOver = true))])
        expect({ broken: recorder.broken, unavailable: recorder.unavailable }).toEqual({ broken: 0, unavailable: 0 })
        expect(violations(recorder.history)).toEqual([])
      } finally {
        await cluster.remove()
      }
    },
    120_000,
  )
})
