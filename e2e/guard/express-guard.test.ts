// Runs examples/express-guard as a separate program against a real server.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, promptly } from '../eventually.ts'
import { createIntegration } from '../integrations.ts'
import { startRealServer } from '../real-server.ts'
import { stopwatch } from '../stopwatch.ts'
import { newToken } from './guarded-server.ts'

const MAIN = join(import.meta.dirname, '../../examples/express-guard/main.js')

async function startExample(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await promptly(lines.next(), { within: 60_000, what: 'the example says where it is' })
  return /http:\S+/.exec(String(first.value))?.[0] ?? ''
}

test('the API accepts the live token, refuses it for another scope, and refuses it once it is superseded', async () => {
  const server = await startRealServer()
  const reader = await createIntegration(server, { name: 'Example API', resource_server: true })
  const client = await createIntegration(server, { name: 'Client' })
  const api = await startExample({
    ISSUER: server.issuer,
    CLIENT_ID: reader.clientId,
    CLIENT_SECRET: reader.clientSecret.reveal(),
  })
  const call = (path: string, token: string): Promise<Response> =>
    fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })

  const first = await newToken(server.issuer, client)
  const accepted = await call('/ai/prediction', first)
  expect([accepted.status, await accepted.json()]).toEqual([200, { prediction: 0.5, calledBy: client.clientId }])
  expect((await call('/ai/models', first)).status).toBe(403)
  expect((await fetch(`${api}/ai/prediction`)).headers.get('www-authenticate')).toBe('Bearer realm="latchkey"')

  const second = await newToken(server.issuer, client)
  expect((await call('/ai/prediction', second)).status).toBe(200)
  const took = stopwatch(process.pid)
  const refused = await eventually(
    async () => {
      const answer = await call('/ai/prediction', first)
      return answer.status === 401 ? answer : undefined
    },
    { within: 60_000, what: 'the first token is refused' },
  )
  expect(took()).toBeLessThan(1000)
  expect(refused.headers.get('latchkey-reason')).toBe('superseded')
  expect(await (await fetch(`${api}/readyz`)).json()).toMatchObject({ isReady: true })
})
