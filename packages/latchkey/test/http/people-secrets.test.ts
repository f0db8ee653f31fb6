// No log, audit trail or file contains a password, session or code of an operator in clear text.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aBrowser, aFirstOwner, anOperator, codeOf, PASSWORD, signIn } from '../a-browser.ts'
import { aServer } from '../a-server.ts'
import { HOST, anAdminListener } from '../an-admin-listener.ts'

test('no file of the data folder and no page of the audit trail contains a password, session or code', async () => {
  const dataDir = aFolder()
  const server = await aServer({ env: { LATCHKEY_DATA_DIR: dataDir } })
  const owner = await aFirstOwner(server)
  const viewer = await anOperator(server, owner, { email: 'viewer@example.com', role: 'viewer' })
  const reset = await owner.ask('POST', `/admin/v1/operators/${viewer.id}/reset`)
  const { link } = (await reset.json()) as { readonly link: string }
  await signIn(aBrowser(server.adminUrl), 'owner@example.com', 'a wrong password')
  const audit = await (await owner.ask('GET', '/admin/v1/audit?limit=100')).text()
  expect(audit).toContain('operator.reset')
  await server.stop()
  const cookies = [owner.cookie, viewer.cookie].map((cookie) => cookie.split('=')[1] ?? '')
  const codes = [server.setUpLink?.reveal() ?? '', link].map(codeOf)
  for (const secret of [PASSWORD, 'a wrong password', ...cookies, ...codes]) {
    expect(secret.length).toBeGreaterThan(10)
    expect(audit).not.toContain(secret)
    for (const file of readdirSync(dataDir)) {
      const bytes = readFileSync(join(dataDir, file))
      expect(bytes.includes(secret), `${file} holds a secret`).toBe(false)
      // The files must not contain the decoded bytes either.
      const raw = Buffer.from(secret, 'base64url')
      expect(secret.includes(' ') || !bytes.includes(raw), `${file} holds a secret`).toBe(true)
    }
  }
})

test('the log contains no password, code or session of a refused request', async () => {
  const { ask, log } = await anAdminListener()
  const headers = { authorization: undefined, origin: `http://${HOST}`, 'x-latchkey-console': '1' }
  const typed = { email: 'planted-password-in-the-wrong-field', password: 'planted-password' }
  await ask({ method: 'POST', url: '/admin/v1/session', headers, payload: typed })
  await ask({ method: 'POST', url: '/admin/v1/setup', headers, payload: { code: 'planted-code', ...typed } })
  const cookie = 'latchkey=planted-session'
  await ask({ url: '/admin/v1/session', headers: { ...headers, cookie } })
  await ask({ method: 'POST', url: '/admin/v1/session', headers, payload: { ...typed, planted: 'planted-member' } })
  expect(log()).toContain('"reason":"sign_in_failed"')
  expect(log()).toContain('"reason":"code_unusable"')
  expect(log()).toContain('"reason":"unknown_session"')
  expect(log()).not.toContain('planted')
})
