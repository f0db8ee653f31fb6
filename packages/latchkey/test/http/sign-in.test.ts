// Signing in and out of the console, and how a session ends.
import { expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aBrowser, aFirstOwner, anOperator, PASSWORD, signIn } from '../a-browser.ts'
import { aServer, TestClock } from '../a-server.ts'

const SESSION = '/admin/v1/session'
const MINUTE = 60
const HOUR = 3600

test('the right password starts a session, and the session shows its operator', async () => {
  const server = await aServer()
  await aFirstOwner(server, 'Owner@Example.com')
  const browser = aBrowser(server.adminUrl)
  const answer = await browser.ask('POST', SESSION, { email: ' owner@example.COM', password: PASSWORD })
  expect(answer.status).toBe(200)
  const operator = { email: 'owner@example.com', role: 'owner', status: 'active' }
  expect(await answer.json()).toMatchObject({ operator, expires_at: expect.any(String) as string })
  const who = await browser.ask('GET', SESSION)
  expect(await who.json()).toMatchObject({ operator, idle_timeout_seconds: 1800 })
})

test('a caller with an admin key is shown as this key, and has no session to end', async () => {
  const server = await aServer()
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const who = await fetch(`${server.adminUrl}${SESSION}`, { headers })
  expect(await who.json()).toMatchObject({ admin_key: { name: 'local key', role: 'owner' } })
  const ended = await fetch(`${server.adminUrl}${SESSION}`, { method: 'DELETE', headers })
  expect(ended.status).toBe(400)
})

test('a wrong password, an unknown account and a disabled account get the same answer without a cookie', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  await owner.ask('POST', '/admin/v1/operators', { email: 'invited@example.com', role: 'viewer' })
  const { id } = await anOperator(server, owner, { email: 'disabled@example.com', role: 'viewer' })
  await owner.ask('PATCH', `/admin/v1/operators/${id}`, { status: 'disabled' }, { 'if-match': '*' })
  const accounts = ['owner', 'nobody', 'invited', 'disabled'].map((name) => `${name}@example.com`)
  const answers = []
  for (const email of [...accounts, '', 'no address', `${'a'.repeat(300)}@example.com`]) {
    const password = email.startsWith('owner') ? 'not the password' : PASSWORD
    const answer = await aBrowser(server.adminUrl).ask('POST', SESSION, { email, password })
    const body = { ...((await answer.json()) as object), request_id: '' }
    answers.push({ status: answer.status, cookie: answer.headers.get('set-cookie'), body })
  }
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(answers[0]).toMatchObject({ status: 401, cookie: null, body: { code: 'sign_in_failed' } })
})

test('on plain loopback the cookie is limited to this host and hidden from scripts and other sites', async () => {
  const owner = await aFirstOwner(await aServer())
  expect(owner.setCookie).toMatch(/^latchkey=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
})

test('behind a TLS proxy the session cookie has the __Host- prefix and is Secure', async () => {
  const server = await aServer({ env: { LATCHKEY_ADMIN_BEHIND_PROXY: 'on' } })
  const owner = await aFirstOwner(server)
  expect(owner.setCookie).toMatch(/^__Host-latchkey=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  // The page has the origin of the proxy, and the browser sends `Sec-Fetch-Site: same-origin`.
  const headers = { origin: 'https://console.example.com', 'sec-fetch-site': 'same-origin' }
  expect((await owner.ask('DELETE', SESSION, undefined, headers)).status).toBe(204)
  expect(owner.setCookie).toMatch(/^__Host-latchkey=; .*Secure; Max-Age=0$/)
})

test('a session that an attacker planted in the browser is not used for the sign-in', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const planted = 'latchkey=planted-by-somebody-else-0123456789abcdefgh'
  const browser = aBrowser(server.adminUrl)
  browser.cookie = planted
  expect(await signIn(browser, 'owner@example.com')).toBe(200)
  expect(browser.cookie).not.toBe(planted)
  expect((await owner.ask('GET', SESSION, undefined, { cookie: planted })).status).toBe(401)
})

test('a new sign-in ends the old session of the browser', async () => {
  const server = await aServer()
  const browser = await aFirstOwner(server)
  const before = browser.cookie
  expect(await signIn(browser, 'owner@example.com')).toBe(200)
  expect((await aBrowser(server.adminUrl).ask('GET', SESSION, undefined, { cookie: before })).status).toBe(401)
  expect((await browser.ask('GET', SESSION)).status).toBe(200)
})

test('a browser with two session cookies is refused', async () => {
  const owner = await aFirstOwner(await aServer())
  const cookie = `${owner.cookie}; latchkey=another`
  expect((await owner.ask('GET', SESSION, undefined, { cookie })).status).toBe(401)
})

test('signing out ends the session on the server, and other sessions continue', async () => {
  const server = await aServer()
  const browser = await aFirstOwner(server)
  const other = aBrowser(server.adminUrl)
  await signIn(other, 'owner@example.com')
  const { cookie } = browser
  expect((await browser.ask('DELETE', SESSION)).status).toBe(204)
  expect(browser.cookie).toBe('')
  const again = await browser.ask('GET', SESSION, undefined, { cookie })
  expect(await again.json()).toMatchObject({ status: 401, code: 'session_ended' })
  expect((await other.ask('GET', SESSION)).status).toBe(200)
})

test('signing out everywhere ends every session of the operator and no other', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const viewer = await anOperator(server, owner, { email: 'viewer@example.com', role: 'viewer' })
  const other = aBrowser(server.adminUrl)
  await signIn(other, 'viewer@example.com')
  const { cookie } = viewer
  expect((await other.ask('DELETE', '/admin/v1/sessions')).status).toBe(204)
  expect((await viewer.ask('GET', SESSION, undefined, { cookie })).status).toBe(401)
  expect((await owner.ask('GET', SESSION)).status).toBe(200)
})

test('a session ends after half an hour without use, and a session in use continues', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const used = await aFirstOwner(server)
  const idle = aBrowser(server.adminUrl)
  await signIn(idle, 'owner@example.com')
  clock.advance(29 * MINUTE)
  expect((await used.ask('GET', SESSION)).status).toBe(200)
  clock.advance(MINUTE)
  const ended = await idle.ask('GET', SESSION)
  expect(await ended.json()).toMatchObject({ status: 401, code: 'session_ended' })
  expect(idle.cookie).toBe('')
  expect((await used.ask('GET', SESSION)).status).toBe(200)
})

test('requests that a page sends automatically do not keep a session alive', async () => {
  const clock = new TestClock()
  const owner = await aFirstOwner(await aServer({ clock }))
  clock.advance(20 * MINUTE)
  const background = { 'x-latchkey-background': '1' }
  expect((await owner.ask('GET', SESSION, undefined, background)).status).toBe(200)
  clock.advance(10 * MINUTE)
  expect((await owner.ask('GET', SESSION)).status).toBe(401)
})

test('a session ends after twelve hours, even if it is used', async () => {
  const clock = new TestClock()
  const owner = await aFirstOwner(await aServer({ clock }))
  for (let passed = 0; passed < 12 * HOUR - 20 * MINUTE; passed += 20 * MINUTE) {
    clock.advance(20 * MINUTE)
    expect((await owner.ask('GET', SESSION)).status).toBe(200)
  }
  clock.advance(20 * MINUTE)
  expect((await owner.ask('GET', SESSION)).status).toBe(401)
})

test('sessions and their last use survive a restart', async () => {
  const clock = new TestClock()
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const before = await aServer({ clock, env })
  const owner = await aFirstOwner(before)
  clock.advance(20 * MINUTE)
  expect((await owner.ask('GET', SESSION)).status).toBe(200)
  await before.stop()
  clock.advance(20 * MINUTE)
  const after = await aServer({ clock, env })
  expect(after.setUpLink).toBeUndefined()
  const back = aBrowser(after.adminUrl)
  back.cookie = owner.cookie
  expect((await back.ask('GET', SESSION)).status).toBe(200)
  clock.advance(30 * MINUTE)
  expect((await back.ask('GET', SESSION)).status).toBe(401)
})

test('an operator has at most twenty sessions: another session ends the least recently used session', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const first = await aFirstOwner(server)
  const second = aBrowser(server.adminUrl)
  await signIn(second, 'owner@example.com')
  clock.advance(1)
  await first.ask('GET', SESSION)
  for (let more = 0; more < 19; more++) expect(await signIn(aBrowser(server.adminUrl), 'owner@example.com')).toBe(200)
  expect((await second.ask('GET', SESSION)).status).toBe(401)
  expect((await first.ask('GET', SESSION)).status).toBe(200)
})

test('an event stream ends when its session is signed out', async () => {
  const owner = await aFirstOwner(await aServer())
  const events = await owner.ask('GET', '/admin/v1/events')
  expect(events.status).toBe(200)
  expect((await owner.ask('DELETE', SESSION)).status).toBe(204)
  // If the stream did not end, this test would fail at its time limit.
  await events.text()
})
