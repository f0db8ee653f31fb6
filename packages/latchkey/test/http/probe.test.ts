import { test } from 'vitest'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { aServer } from '../a-server.ts'
import { ask, RawConnection, requestBytes } from '../raw-http.ts'
test('probe', async () => {
  const server = await aServer({ timeouts: { headers: 300, request: 500, keepAlive: 200 } })
  const it = await server.integration()
  const path = new URL(server.issuer).pathname
  const o = server.publicUrl
  const auth = ['Authorization', it.basic] as const
  const q = `?scope=machinelearning.predict&grant_type=client_credentials`
  for (const type of ['application/x-www-form-urlencoded', 'application/json']) for (const size of [20_000, 200_000, 5_000_000]) {
    const raw: Record<string, number> = {}, f: Record<string, number> = {}, c: Record<string, number> = {}
    const body = 'x='.padEnd(size, 'a')
    writeFileSync('/tmp/x/body', body)
    for (let i = 0; i < 40; i++) {
      const k = await ask(o, { target: `${path}/v1/token${q}`, headers: [auth, ['Content-Type', type]], body }).then((a) => String(a.status), String)
      raw[k] = (raw[k] ?? 0) + 1
      const k2 = await fetch(`${server.issuer}/v1/token${q}`, { method: 'POST', headers: { 'content-type': type, authorization: it.basic }, body }).then(async (a) => (await a.text(), String(a.status)), (e) => String(e) + String(e.cause))
      f[k2] = (f[k2] ?? 0) + 1
      if (i < 10) {
      const k3 = await promisify(execFile)('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', '-H', `Content-Type: ${type}`, '--data-binary', '@/tmp/x/body', `${server.issuer}/v1/token${q}`]).then((x) => x.stdout, (e) => 'ERR' + e.code + e.stdout)
      c[k3] = (c[k3] ?? 0) + 1
      }
    }
    console.log(type, size, JSON.stringify({ raw, f, c }))
  }
  for (const t of [`${path}/v1/token`, '/', 'a:1', '*']) {
    console.log('CONNECT', t, await ask(o, { method: 'CONNECT', target: t }).then((a) => a.status, String))
  }
}, 60000)
