// Operators are invited, changed, disabled and removed, and their sessions are listed.
import { describe, expect, test } from 'vitest'
import { aBrowser, aFirstOwner, anOperator, codeOf, PASSWORD, signIn, type TestBrowser } from '../a-browser.ts'
import { aServer } from '../a-server.ts'

const OPERATORS = '/admin/v1/operators'
const ANY = { 'if-match': '*' }

interface Listed {
  readonly id: string
  readonly email: string
  readonly version: number
}

const everyone = async (browser: TestBrowser): Promise<readonly Listed[]> =>
  ((await (await browser.ask('GET', OPERATORS)).json()) as { items: readonly Listed[] }).items

async function aTeam() {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const viewer = await anOperator(server, owner, { email: 'viewer@example.com', role: 'viewer' })
  const [first] = await everyone(owner)
  return { server, owner, viewer, ownerId: first?.id ?? '' }
}

test('an invitation shows its link once, and the list never shows it', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const invited = await owner.ask('POST', OPERATORS, { email: 'New@Example.com', role: 'editor' })
  expect(invited.headers.get('etag')).toBe('"v1"')
  const body = (await invited.json()) as Record<string, unknown>
  expect(body).toMatchObject({ email: 'new@example.com', role: 'editor', status: 'invited', last_sign_in: null })
  const text = await (await owner.ask('GET', OPERATORS)).text()
  expect(text).toContain('new@example.com')
  expect(text).not.toContain(codeOf(String(body['link'])))
  expect(text).not.toContain('argon2')
})

test('an e-mail address can be invited only once, whatever the case of its letters', async () => {
  const { owner } = await aTeam()
  const again = await owner.ask('POST', OPERATORS, { email: 'VIEWER@example.com', role: 'owner' })
  expect(await again.json()).toMatchObject({ status: 409, code: 'operator_exists' })
})

test('a new role applies from the next request on', async () => {
  const { owner, viewer } = await aTeam()
  expect((await viewer.ask('GET', OPERATORS)).status).toBe(403)
  const changed = await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { role: 'owner' }, { 'if-match': '"v2"' })
  expect(await changed.json()).toMatchObject({ role: 'owner', version: 3 })
  expect((await viewer.ask('GET', OPERATORS)).status).toBe(200)
})

test('if two requests change one operator at the same time, the second request is refused', async () => {
  const { owner, viewer } = await aTeam()
  const change = (role: string) => owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { role }, { 'if-match': '"v2"' })
  const statuses = (await Promise.all([change('editor'), change('owner')])).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([200, 412])
  expect((await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { role: 'viewer' })).status).toBe(428)
})

test('a disabled operator is signed out at once and cannot sign in until enabled again', async () => {
  const { server, owner, viewer } = await aTeam()
  const reset = await owner.ask('POST', `${OPERATORS}/${viewer.id}/reset`)
  const { link } = (await reset.json()) as { readonly link: string }
  await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { status: 'disabled' }, ANY)
  expect((await viewer.ask('GET', '/admin/v1/session')).status).toBe(401)
  const back = aBrowser(server.adminUrl)
  expect(await signIn(back, 'viewer@example.com')).toBe(401)
  expect((await back.ask('POST', '/admin/v1/setup', { code: codeOf(link), password: PASSWORD })).status).toBe(410)
  const refused = await owner.ask('POST', `${OPERATORS}/${viewer.id}/reset`)
  expect(await refused.json()).toMatchObject({ status: 409, code: 'operator_disabled' })
  await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { status: 'active' }, ANY)
  expect(await signIn(back, 'viewer@example.com')).toBe(200)
})

test('a removed operator loses all sessions and links', async () => {
  const { server, owner, viewer } = await aTeam()
  expect((await owner.ask('DELETE', `${OPERATORS}/${viewer.id}`)).status).toBe(204)
  expect((await viewer.ask('GET', '/admin/v1/session')).status).toBe(401)
  expect(await signIn(aBrowser(server.adminUrl), 'viewer@example.com')).toBe(401)
  expect(await everyone(owner)).toMatchObject([{ email: 'owner@example.com' }])
  expect((await owner.ask('DELETE', `${OPERATORS}/${viewer.id}`)).status).toBe(404)
})

describe('the last owner who can sign in', () => {
  test.each([
    ['removed', 'DELETE', undefined],
    ['disabled', 'PATCH', { status: 'disabled' }],
    ['given a lower role', 'PATCH', { role: 'editor' }],
  ] as const)('is not %s, even if another owner has been invited', async (_what, method, body) => {
    const { owner, ownerId } = await aTeam()
    await owner.ask('POST', OPERATORS, { email: 'second@example.com', role: 'owner' })
    const refused = await owner.ask(method, `${OPERATORS}/${ownerId}`, body, ANY)
    expect(await refused.json()).toMatchObject({ status: 409, code: 'last_owner' })
    expect((await owner.ask('GET', OPERATORS)).status).toBe(200)
  })

  test('remains enabled if two owners disable each other at once', async () => {
    const { server, owner, ownerId } = await aTeam()
    const second = await anOperator(server, owner, { email: 'second@example.com', role: 'owner' })
    const answers = await Promise.all([
      owner.ask('PATCH', `${OPERATORS}/${second.id}`, { status: 'disabled' }, ANY),
      second.ask('PATCH', `${OPERATORS}/${ownerId}`, { status: 'disabled' }, ANY),
    ])
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
  })
})

describe('sessions of an operator', () => {
  test('are shown to that operator and to owners, and both can end each session', async () => {
    const { server, owner, viewer } = await aTeam()
    const other = aBrowser(server.adminUrl)
    await signIn(other, 'viewer@example.com')
    const path = `${OPERATORS}/${viewer.id}/sessions`
    const { items } = (await (await viewer.ask('GET', path)).json()) as {
      items: readonly { id: string; current: boolean; address: string }[]
    }
    expect(items.map(({ current }) => current)).toEqual([false, true])
    expect(items).toMatchObject([{ address: '127.0.0.1' }, { address: '127.0.0.1' }])
    expect((await viewer.ask('DELETE', `${path}/${items[0]?.id ?? ''}`)).status).toBe(204)
    expect((await other.ask('GET', '/admin/v1/session')).status).toBe(401)
    expect((await owner.ask('DELETE', `${path}/${items[1]?.id ?? ''}`)).status).toBe(204)
    expect((await viewer.ask('GET', '/admin/v1/session')).status).toBe(401)
    expect((await owner.ask('DELETE', `${path}/${items[1]?.id ?? ''}`)).status).toBe(404)
  })

  test('can be neither seen nor ended by other operators', async () => {
    const { server, owner, viewer, ownerId } = await aTeam()
    const editor = await anOperator(server, owner, { email: 'editor@example.com', role: 'editor' })
    const { items } = (await (await owner.ask('GET', `${OPERATORS}/${ownerId}/sessions`)).json()) as {
      items: readonly { id: string }[]
    }
    const session = items[0]?.id ?? ''
    for (const other of [viewer, editor]) {
      expect((await other.ask('GET', `${OPERATORS}/${ownerId}/sessions`)).status).toBe(403)
      expect((await other.ask('DELETE', `${OPERATORS}/${ownerId}/sessions/${session}`)).status).toBe(403)
      // The path has another operator's ID, so the server does not find the session.
      expect((await other.ask('DELETE', `${OPERATORS}/${other.id}/sessions/${session}`)).status).toBe(404)
    }
    expect((await owner.ask('GET', '/admin/v1/session')).status).toBe(200)
  })
})

test('the audit trail shows who changed an operator, and contains no secrets', async () => {
  const { owner, viewer } = await aTeam()
  await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { role: 'editor' }, ANY)
  await owner.ask('PATCH', `${OPERATORS}/${viewer.id}`, { status: 'disabled' }, ANY)
  await owner.ask('DELETE', `${OPERATORS}/${viewer.id}`)
  const { items } = (await (await owner.ask('GET', `/admin/v1/audit?target=${viewer.id}`)).json()) as {
    items: readonly { event: string; actor: object; before: object; after: object }[]
  }
  const byOwner = { kind: 'operator', name: 'owner@example.com' }
  expect(items).toMatchObject([
    { event: 'operator.removed', actor: byOwner, before: { status: 'disabled' } },
    { event: 'operator.disabled', actor: byOwner, before: { status: 'active' }, after: { status: 'disabled' } },
    { event: 'operator.role_changed', actor: byOwner, before: { role: 'viewer' }, after: { role: 'editor' } },
    { event: 'operator.signed_in', actor: { name: 'viewer@example.com' } },
    { event: 'operator.password_set', actor: { name: 'viewer@example.com' } },
    { event: 'operator.invited', actor: byOwner, after: { role: 'viewer', status: 'invited' } },
  ])
})
