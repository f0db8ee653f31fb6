// Access to the admin listener with a session: roles, and the origin of a change.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROUTE_RULES } from '../../src/http/admin/access/route-rules.ts'
import { aFirstOwner, anOperator, signIn, type TestBrowser } from '../a-browser.ts'
import { startTestServer, type TestServer } from '../a-server.ts'

const RANK = { anyone: 0, viewer: 1, editor: 2, owner: 3 } as const
const browsers: Record<string, TestBrowser> = {}
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  const owner = await aFirstOwner(server)
  browsers['owner'] = owner
  for (const role of ['viewer', 'editor']) {
    browsers[role] = await anOperator(server, owner, { email: `${role}@example.com`, role })
  }
})
afterAll(() => server.stop())

const urlOf = (pattern: string) => pattern.replaceAll(/:[a-z]+/g, 'none')

/** Signs the operator in again, because an earlier request may have signed the operator out. */
async function browserOf(role: string): Promise<TestBrowser> {
  const browser = browsers[role] as TestBrowser
  if (browser.cookie === '') expect(await signIn(browser, `${role}@example.com`)).toBe(200)
  return browser
}

async function judgementOf(answer: Response): Promise<string> {
  // A stream of events never ends, so its body is not read.
  if (answer.headers.get('content-type') === 'text/event-stream') await answer.body?.cancel()
  else if ((await answer.text()).includes('"code":"unknown_route"')) return 'no such route'
  return answer.status === 401 || answer.status === 403 ? String(answer.status) : 'let in'
}

const requested = ROUTE_RULES.filter(({ allows }) => allows !== 'anyone')
test.each(requested)('$method $url with a session needs the role $allows', async ({ method, url, allows }) => {
  const judged: Record<string, string> = {}
  for (const role of ['viewer', 'editor', 'owner']) {
    const browser = await browserOf(role)
    judged[role] = await judgementOf(await browser.ask(method, urlOf(url)))
  }
  const proven = (role: 'viewer' | 'editor' | 'owner') => (RANK[role] >= RANK[allows] ? 'let in' : '403')
  expect(judged).toEqual({ viewer: proven('viewer'), editor: proven('editor'), owner: proven('owner') })
})

test.each(requested)('$method $url without a session is answered 401', async ({ method, url }) => {
  const cookie = `latchkey=${'A'.repeat(43)}`
  const browser = browsers['viewer'] as TestBrowser
  const before = browser.cookie
  expect(await judgementOf(await browser.ask(method, urlOf(url), undefined, { cookie }))).toBe('401')
  browser.cookie = before
})

const changes = requested.filter(({ method }) => method !== 'GET')
const foreign: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] = [
  ['without Origin', { origin: undefined }],
  ['with the Origin of another site', { origin: 'https://evil.example' }],
  ['with an opaque Origin', { origin: 'null' }],
  ['with the Origin of another port', { origin: 'http://127.0.0.1:1' }],
  ['without the header of the console', { 'x-latchkey-console': undefined }],
  ['from another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ['from a page of another port, as the browser says', { 'sec-fetch-site': 'same-site' }],
]
test.each(foreign)('a change with a session %s is answered 403 on every route', async (_what, headers) => {
  const owner = await browserOf('owner')
  for (const { method, url } of changes) {
    const answer = await owner.ask(method, urlOf(url), undefined, headers)
    expect(await answer.json()).toMatchObject({ code: 'csrf_refused', status: 403 })
  }
  for (const path of ['/admin/v1/session', '/admin/v1/setup', '/admin/v1/setup/check']) {
    const body = { ...(path === '/admin/v1/session' ? { email: '' } : { code: '' }), password: '' }
    const answer = await owner.ask('POST', path, path.endsWith('check') ? { code: '' } : body, headers)
    expect(await answer.json()).toMatchObject({ code: 'csrf_refused', status: 403 })
  }
})

test('a key together with a session is answered 400 on every route', async () => {
  const owner = await browserOf('owner')
  const authorization = `Bearer ${server.adminKey.reveal()}`
  for (const { method, url } of requested) {
    const answer = await owner.ask(method, urlOf(url), undefined, { authorization })
    expect(await answer.json()).toMatchObject({ code: 'invalid_request', status: 400 })
  }
})
