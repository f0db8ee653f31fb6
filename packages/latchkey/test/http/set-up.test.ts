// Set-up links: for the first owner, for invited operators, and after a lost password.
import { expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aBrowser, aFirstOwner, anOperator, codeOf, PASSWORD, signIn } from '../a-browser.ts'
import { aServer, TestClock, type TestServer } from '../a-server.ts'

const SETUP = '/admin/v1/setup'
const email = 'owner@example.com'

const firstCode = (server: TestServer) => codeOf(server.setUpLink?.reveal() ?? '')

test('the set-up link of the first start creates and signs in one owner, and works only once', async () => {
  const server = await aServer()
  const code = firstCode(server)
  const browser = aBrowser(server.adminUrl)
  const check = await browser.ask('POST', `${SETUP}/check`, { code })
  expect(await check.json()).toMatchObject({ kind: 'first_owner', email: null })
  const made = await browser.ask('POST', SETUP, { code, email, password: PASSWORD })
  expect(made.status).toBe(201)
  expect(await made.json()).toMatchObject({ operator: { email, role: 'owner', status: 'active' } })
  expect((await browser.ask('GET', '/admin/v1/operators')).status).toBe(200)
  const again = await browser.ask('POST', SETUP, { code, email: 'second@example.com', password: PASSWORD })
  expect(await again.json()).toMatchObject({ status: 410, code: 'set_up_code_unusable' })
  expect((await browser.ask('POST', `${SETUP}/check`, { code })).status).toBe(410)
})

test('a visitor sees whether there is an owner, and sees the path of the data folder only on the machine of the server', async () => {
  const setUp = async (server: TestServer) => (await aBrowser(server.adminUrl).ask('GET', SETUP)).json()
  const commandLine = "LATCHKEY_DATA_DIR='/srv/auth' latchkey"
  const server = await aServer({ commandLine })
  expect(await setUp(server)).toEqual({ has_owner: false, command: commandLine })
  await aFirstOwner(server)
  expect(await setUp(server)).toEqual({ has_owner: true, command: commandLine })
  const proxied = await aServer({ commandLine, env: { LATCHKEY_ADMIN_BEHIND_PROXY: 'on' } })
  expect(await setUp(proxied)).toEqual({ has_owner: false, command: 'latchkey' })
})

test('two simultaneous uses of the set-up link create only one owner', async () => {
  const server = await aServer()
  const code = firstCode(server)
  const attempts = ['one', 'two', 'three'].map((name) =>
    aBrowser(server.adminUrl).ask('POST', SETUP, { code, email: `${name}@example.com`, password: PASSWORD }),
  )
  const statuses = (await Promise.all(attempts)).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([201, 410, 410])
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const { items } = (await (await fetch(`${server.adminUrl}/admin/v1/operators`, { headers })).json()) as { items: [] }
  expect(items).toHaveLength(1)
})

test('the set-up link works for an hour', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const browser = aBrowser(server.adminUrl)
  clock.advance(3599)
  expect((await browser.ask('POST', `${SETUP}/check`, { code: firstCode(server) })).status).toBe(200)
  clock.advance(1)
  const late = await browser.ask('POST', SETUP, { code: firstCode(server), email, password: PASSWORD })
  expect(late.status).toBe(410)
})

test('each start of a server without an owner makes a new link, and the old link ends', async () => {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const first = await aServer({ env })
  await first.stop()
  const second = await aServer({ env })
  const browser = aBrowser(second.adminUrl)
  expect((await browser.ask('POST', `${SETUP}/check`, { code: firstCode(first) })).status).toBe(410)
  await aFirstOwner(second)
  await second.stop()
  expect((await aServer({ env })).setUpLink).toBeUndefined()
})

test('a new set-up link ends the old link, and the server makes no link once there is an owner', async () => {
  const server = await aServer()
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const make = () => fetch(`${server.adminUrl}/admin/v1/setup-links`, { method: 'POST', headers })
  const { link } = (await (await make()).json()) as { readonly link: string }
  expect(link).toMatch(new RegExp(`^${server.adminUrl}/set-up#[\\w-]{43}$`))
  const browser = aBrowser(server.adminUrl)
  const old = await browser.ask('POST', SETUP, { code: firstCode(server), email, password: PASSWORD })
  expect(old.status).toBe(410)
  const made = await browser.ask('POST', SETUP, { code: codeOf(link), email, password: PASSWORD })
  expect(made.status).toBe(201)
  expect(await (await make()).json()).toMatchObject({ status: 409, code: 'owner_exists' })
})

test.each([
  ['too short', 'eleven char', 'at least 12'],
  ['too long', 'long '.repeat(52), 'at most 256'],
  ['the e-mail', 'Owner@Example.com', 'the e-mail'],
  ['commonplace', 'Pass-Word 1234', 'a common password'],
  ['one character over and over', 'xxxxxxxxxxxxxxxx', 'a common password'],
])('a password that is %s is refused, and the link still works', async (_what, password, why) => {
  const server = await aServer()
  const browser = aBrowser(server.adminUrl)
  const code = firstCode(server)
  const refused = await browser.ask('POST', SETUP, { code, email, password })
  const problem = (await refused.json()) as { code: string; errors: readonly { pointer: string; detail: string }[] }
  expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '/password' }] })
  expect(problem.errors[0]?.detail).toContain(why)
  expect((await browser.ask('POST', SETUP, { code, email, password: PASSWORD })).status).toBe(201)
})

test.each([
  '',
  'owner',
  'two@at@signs',
  'line\nfeed@example.com',
  'right\u202eto-left@example.com',
  'fil\u3164ler@example.com',
])('the e-mail "%s" is refused', async (unusable) => {
  const server = await aServer()
  const requested = { code: firstCode(server), email: unusable, password: PASSWORD }
  const answer = await aBrowser(server.adminUrl).ask('POST', SETUP, requested)
  expect(await answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/email' }] })
})

test('an invited operator chooses a password within 72 hours, with the e-mail of the invitation', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const owner = await aFirstOwner(server)
  const invited = await owner.ask('POST', '/admin/v1/operators', { email: 'Viewer@example.com', role: 'viewer' })
  const { link } = (await invited.json()) as { readonly link: string }
  const browser = aBrowser(server.adminUrl)
  clock.advance(72 * 3600 - 1)
  const check = await browser.ask('POST', `${SETUP}/check`, { code: codeOf(link) })
  expect(await check.json()).toMatchObject({ kind: 'invitation', email: 'viewer@example.com' })
  const requested = { code: codeOf(link), email: 'another@example.com', password: PASSWORD }
  const done = await browser.ask('POST', SETUP, requested)
  expect(await done.json()).toMatchObject({ operator: { email: 'viewer@example.com', role: 'viewer' } })
  expect((await browser.ask('POST', SETUP, requested)).status).toBe(410)
})

test('an operator who was invited before there was an owner can become the first owner', async () => {
  const server = await aServer()
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ email, role: 'viewer' })
  expect((await fetch(`${server.adminUrl}/admin/v1/operators`, { method: 'POST', headers, body })).status).toBe(201)
  const done = await aBrowser(server.adminUrl).ask('POST', SETUP, {
    code: firstCode(server),
    email,
    password: PASSWORD,
  })
  expect(await done.json()).toMatchObject({ operator: { email, role: 'owner' } })
  const later = await aBrowser(server.adminUrl).ask('POST', '/admin/v1/session', { email, password: PASSWORD })
  expect(later.status).toBe(200)
})

test('an invitation expires after 72 hours', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const owner = await aFirstOwner(server)
  const invited = await owner.ask('POST', '/admin/v1/operators', { email: 'late@example.com', role: 'viewer' })
  const { link } = (await invited.json()) as { readonly link: string }
  clock.advance(72 * 3600)
  const requested = { code: codeOf(link), password: PASSWORD }
  expect((await aBrowser(server.adminUrl).ask('POST', SETUP, requested)).status).toBe(410)
})

test('a new password ends the old password and its sessions', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const viewer = await anOperator(server, owner, { email: 'viewer@example.com', role: 'viewer' })
  const reset = await owner.ask('POST', `/admin/v1/operators/${viewer.id}/reset`)
  const { link } = (await reset.json()) as { readonly link: string }
  expect(await signIn(aBrowser(server.adminUrl), 'viewer@example.com')).toBe(200)
  const password = 'another four words'
  const browser = aBrowser(server.adminUrl)
  expect((await browser.ask('POST', SETUP, { code: codeOf(link), password })).status).toBe(201)
  expect((await viewer.ask('GET', '/admin/v1/session')).status).toBe(401)
  expect(await signIn(aBrowser(server.adminUrl), 'viewer@example.com')).toBe(401)
  expect(await signIn(aBrowser(server.adminUrl), 'viewer@example.com', password)).toBe(200)
})

test('a password is accepted in every Unicode normalization form', async () => {
  const server = await aServer()
  const requested = { code: firstCode(server), email, password: 'Käse und Brötchen'.normalize('NFD') }
  expect((await aBrowser(server.adminUrl).ask('POST', SETUP, requested)).status).toBe(201)
  expect(await signIn(aBrowser(server.adminUrl), email, 'Käse und Brötchen'.normalize('NFC'))).toBe(200)
})

test('the server hashes no password for a wrong code, and answers a hundred simultaneous wrong codes', async () => {
  const server = await aServer()
  const requested = { code: 'A'.repeat(43), email, password: PASSWORD }
  const answers = Array.from({ length: 100 }, () => aBrowser(server.adminUrl).ask('POST', SETUP, requested))
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status))
  expect([...statuses]).toEqual([410])
})
