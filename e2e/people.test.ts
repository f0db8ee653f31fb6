// Operators on a real server: the printed link makes the first owner, and sessions survive a kill of the server.
import { expect, test } from 'vitest'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const ENV = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
const PASSWORD = 'three blind mice ran'
const email = 'owner@example.com'

const linkIn = (server: RealServer): string | undefined => /http\S+\/set-up#[\w-]+/.exec(server.stdout())?.[0]

const ask = (server: RealServer, path: string, { cookie, body }: { cookie?: string; body?: object }) =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    headers: {
      origin: server.adminUrl,
      'x-latchkey-console': '1',
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })

test('the printed link opens a session that survives kill -9, and the link is printed until there is an owner', async () => {
  const dataDir = aTemporaryFolder()
  const unused = await startRealServer({ dataDir, env: ENV })
  const before = linkIn(unused)
  expect(before).toContain(`${unused.adminUrl}/set-up#`)
  await unused.stop()

  const server = await startRealServer({ dataDir, env: ENV })
  const link = linkIn(server) ?? ''
  expect(link).not.toBe('')
  const [, code = ''] = link.split('#')
  const [, old = ''] = (before ?? '').split('#')
  expect((await ask(server, '/setup', { body: { code: old, email, password: PASSWORD } })).status).toBe(410)
  const made = await ask(server, '/setup', { body: { code, email, password: PASSWORD } })
  expect(made.status).toBe(201)
  const [cookie = ''] = (made.headers.get('set-cookie') ?? '').split(';')
  server.kill('SIGKILL')
  await server.exited

  const after = await startRealServer({ dataDir, env: ENV })
  expect(linkIn(after)).toBeUndefined()
  const who = await ask(after, '/session', { cookie })
  expect(await who.json()).toMatchObject({ operator: { email, role: 'owner' } })
  expect((await ask(after, '/session', { body: { email, password: PASSWORD } })).status).toBe(200)
  for (const secret of [code, old, PASSWORD, cookie.split('=')[1] ?? '']) {
    expect(secret).not.toBe('')
    for (const each of [unused, server, after]) expect(each.stderr()).not.toContain(secret)
  }
})
