// HAProxy in front of several servers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { aTemporaryFolder } from '../real-server.ts'
import type { Replica } from './fleet.ts'

/**
 * Starts HAProxy and returns its address. It checks the readiness of each server ten times a second, and ends with the
 * running test.
 */
export async function startProxy(replicas: readonly Replica[], at?: number): Promise<string> {
  const port = at ?? (await freePort())
  const servers = replicas.map(({ issuer }, at) => `  server replica${String(at)} ${new URL(issuer).host}`)
  const file = join(aTemporaryFolder(), 'haproxy.cfg')
  writeFileSync(
    file,
    `${CONFIG}\nlisten replicas\n  bind 127.0.0.1:${String(port)}\n  option httpchk GET /readyz\n${servers.join('\n')}\n`,
  )
  const proxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  onTestFinished(async () => {
    proxy.kill('SIGTERM')
    await once(proxy, 'exit')
  })
  const url = `http://127.0.0.1:${String(port)}`
  await eventually(
    () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { within: 10_000, what: 'the proxy' },
  )
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
