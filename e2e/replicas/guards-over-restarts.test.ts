// Twenty guards behind a real proxy, while every server of the fleet is restarted: the guards resume their feeds.
import { createGuard, type Guard, requiredScope } from '@latchkey/guard'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { newToken } from '../guard/guarded-server.ts'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { type Replica, startFleet } from './fleet.ts'
import { startProxy } from './proxy.ts'

const GUARDS = 20
const SOON = { within: 60_000 }

interface Watched extends Guard {
  /** How often the guard's feed has loaded a snapshot, resumed and ended up to now. */
  readonly feed: { loaded: number; resumed: number; ended: number }
}

describe.skipIf(!has('postgresql-server'))('on PostgreSQL', () => {
  test.skipIf(!has('haproxy'))(
    'guards behind HAProxy survive a restart of every server without a new snapshot, and refuse tokens superseded in that time',
    async () => {
      const cluster = await startCluster()
      try {
        const port = await freePort()
        const publicUrl = `http://127.0.0.1:${String(port)}`
        const databases = [cluster.url, cluster.url, cluster.url]
        const replicas = [...(await startFleet({ databases, publicUrl }))]
        await startProxy(replicas, port)
        const first = replicas[0] as Replica
        const issuer = new URL(new URL(first.issuer).pathname, publicUrl)
        const [client, reader] = [
          await createIntegration(first),
          await createIntegration(first, { resource_server: true }),
        ]
        const guards = Array.from({ length: GUARDS }, () => aGuard(issuer, reader))
        await Promise.all(guards.map((guard) => guard.ready()))
        let token = await newToken(issuer.href, client)
        for (const [at, replica] of replicas.entries()) {
          const before = token
          const superseded = replica.stop().then(async (end) => {
            token = await newToken(issuer.href, client)
            return end
          })
          expect(await superseded).toMatchObject({ code: 0 })
          replicas[at] = await replica.again()
          await eventually(() => guards.every((guard) => guard.status().feed?.isConnected === true), {
            ...SOON,
            what: 'all go on',
          })
          for (const guard of guards) {
            expect(await verdict(guard, before)).toBe('401 superseded')
            expect(await verdict(guard, token)).toBe('200')
          }
        }
        const sum = (of: keyof Watched['feed']) => guards.reduce((all, { feed }) => all + feed[of], 0)
        expect(sum('loaded')).toBe(GUARDS)
        expect(sum('resumed')).toBeGreaterThanOrEqual(GUARDS)
      } finally {
        await cluster.remove()
      }
    },
  )
})

function aGuard(issuer: URL, { clientId, clientSecret }: Integration): Watched {
  const feed = { loaded: 0, resumed: 0, ended: 0 }
  const guard = createGuard({
    ...{ issuer, audience: 'api://default', credentials: { clientId, clientSecret: clientSecret.reveal() } },
    liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' },
    onEvent: (event) => {
      if (event.type === 'feed') feed[event.state]++
    },
  })
  onTestFinished(() => guard.close())
  return { ...guard, feed }
}

async function verdict(guard: Guard, token: string): Promise<string> {
  const decision = await guard.check(`Bearer ${token}`, requiredScope(PREDICT))
  return decision.ok ? '200' : `${String(decision.status)} ${decision.reason}`
}
