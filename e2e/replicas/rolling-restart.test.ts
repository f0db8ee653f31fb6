// Three servers behind a real proxy are stopped and started one after the other, and no client notices.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { violations } from '../history/judge.ts'
import { RecordedClient, Recorder } from '../history/recorder.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { aTemporaryFolder } from '../real-server.ts'
import { type Replica, startFleet } from './fleet.ts'

const CLIENTS = 8

describe.skipIf(!has('postgresql-server'))('on PostgreSQL', () => {
  test.skipIf(!has('haproxy'))(
    'a rolling restart of three servers behind HAProxy fails no request',
    async () => {
      const cluster = await startCluster()
      try {
        const replicas = [...(await startFleet({ databases: [cluster.url, cluster.url, cluster.url] }))]
        const first = replicas[0] as Replica
        const proxy = await startProxy(replicas)
        const integrations = await Promise.all(Array.from({ length: CLIENTS }, () => createIntegration(first)))
        const recorder = new Recorder()
        let isOver = false
        const clients = integrations.map(async (integration) => {
          const client = new RecordedClient({ issuer: new URL(new URL(first.issuer).pathname, proxy).href }, recorder)
          while (!isOver) {
            const token = await client.issue({ integration, scope: PREDICT })
            if (token !== undefined) await client.verify(token)
          }
          client.close()
        })
        for (const [at, replica] of replicas.entries()) {
          const before = recorder.answered
          expect(await replica.stop()).toMatchObject({ code: 0 })
          replicas[at] = await replica.again()
          // The proxy has seen it, and all three serve again before the next one goes.
          await eventually(() => recorder.answered > before + 200, { within: 20_000, what: 'requests go on' })
        }
        isOver = true
        await Promise.all(clients)
        expect({ broken: recorder.broken, unavailable: recorder.unavailable }).toEqual({ broken: 0, unavailable: 0 })
        expect(violations(recorder.history)).toEqual([])
      } finally {
        await cluster.remove()
      }
    },
    120_000,
  )
})

/** Its address. It asks each server ten times a second whether it is ready. */
async function startProxy(replicas: readonly Replica[]): Promise<string> {
  const port = await freePort()
  const servers = replicas.map(({ issuer }, at) => `  server replica${String(at)} ${new URL(issuer).host}`)
  const file = join(aTemporaryFolder(), 'haproxy.cfg')
  writeFileSync(file, `${CONFIG}\nlisten replicas\n  bind 127.0.0.1:${String(port)}\n  option httpchk GET /readyz\n${servers.join('\n')}\n`) // prettier-ignore
  const proxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  onTestFinished(async () => {
    proxy.kill('SIGTERM')
    await once(proxy, 'exit')
  })
  const url = `http://127.0.0.1:${String(port)}`
  await eventually(() => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false), { within: 10_000, what: 'the proxy' }) // prettier-ignore
  return url
}

const CONFIG = `defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 10s
  timeout check 2s
  retries 3
  option redispatch 1
  default-server check inter 100ms fall 1 rise 1`
