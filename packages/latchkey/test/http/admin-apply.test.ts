// POST /admin/v1/apply: applies a chunk of a manifest completely or not at all. Applying the same manifest again
// changes nothing.
import { createHash } from 'node:crypto'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { aServer, PREDICT, type TestServer } from '../a-server.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf, created, INTEGRATIONS } from '../an-integration.ts'

const SECRET = 'a secret of our own'
const SHA256 = `sha256:${createHash('sha256').update(SECRET).digest('hex')}`

const DECLARED = {
  scopes: [{ name: 'billing.read', description: 'Read invoices' }],
  apis: [{ name: 'Billing API', scope: 'billing.read', routes: ['/billing/**'] }],
  integrations: [
    { name: 'Invoice sync', client_id: 'lk0123456789abcd', scopes: ['billing.read', PREDICT], secret: SHA256 },
    { name: 'Report', scopes: [PREDICT], tags: ['nightly'], grace_seconds: 30, status: 'disabled' },
  ],
}

const apply = ({ ask }: TestAdminListener, payload: object) => ask({ method: 'POST', url: '/admin/v1/apply', payload })

interface Outcome {
  readonly items: readonly { readonly kind: string; readonly name: string; readonly action: string }[]
}

const actions = async (admin: TestAdminListener, payload: object) =>
  (await apply(admin, payload)).json<Outcome>().items.map(({ action }) => action)

describe('a declaration', () => {
  test('creates what does not exist yet, and changes nothing the second time', async () => {
    const admin = await anAdminListener()
    expect(await actions(admin, DECLARED)).toEqual(['create', 'create', 'create', 'create'])
    expect(await actions(admin, DECLARED)).toEqual(['keep', 'keep', 'keep', 'keep'])
    const invoices = await admin.ask({ url: `${INTEGRATIONS}/lk0123456789abcd` })
    expect(invoices.json()).toMatchObject({ name: 'Invoice sync', scopes: ['billing.read', PREDICT], version: 1 })
    expect(await auditOf(admin)).toHaveLength(4)
  })

  test('changes the members that differ, reports old and new values, and keeps undeclared members', async () => {
    const admin = await anAdminListener()
    await apply(admin, DECLARED)
    const changed = await apply(admin, {
      scopes: [{ name: 'billing.read', description: 'Read all invoices' }],
      apis: [{ name: 'Billing API', scope: PREDICT }],
      integrations: [{ name: 'Report', status: 'active', grace_seconds: 0 }],
    })
    expect(changed.json()).toMatchObject({
      items: [
        { action: 'update', before: { description: 'Read invoices' }, after: { description: 'Read all invoices' } },
        { action: 'update', before: { scope: 'billing.read' }, after: { scope: PREDICT } },
        {
          action: 'update',
          before: { status: 'disabled', grace_seconds: 30 },
          after: { status: 'active', grace_seconds: 0 },
        },
      ],
    })
    const [report] = (await admin.ask({ url: `${INTEGRATIONS}?search=report` })).json<{ items: object[] }>().items
    expect(report).toMatchObject({ tags: ['nightly'], scopes: [PREDICT], status: 'active' })
  })

  test('does not delete integrations that the manifest omits', async () => {
    const admin = await anAdminListener()
    const { id } = await created(admin)
    await apply(admin, DECLARED)
    expect((await admin.ask({ url: `${INTEGRATIONS}/${id}` })).statusCode).toBe(200)
  })

  test('in a dry run reports the changes without making them', async () => {
    const admin = await anAdminListener()
    expect(await actions(admin, { ...DECLARED, dry_run: true })).toEqual(['create', 'create', 'create', 'create'])
    expect(await auditOf(admin)).toEqual([])
    const later = { integrations: DECLARED.integrations, dry_run: true }
    expect((await apply(admin, later)).json()).toMatchObject({ code: 'unknown_scope' })
    expect(await actions(admin, { ...later, pending_scopes: ['billing.read'] })).toEqual(['create', 'create'])
  })
})

describe('a declared secret', () => {
  const start = async () => {
    const server = await aServer()
    const declare = (secret: string, clientId = 'lk0123456789abcd') =>
      fetch(`${server.adminUrl}/admin/v1/apply`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.adminKey.reveal()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ integrations: [{ name: 'Moved', client_id: clientId, scopes: [PREDICT], secret }] }),
      })
    return { server, declare }
  }
  const statusWith = async (server: TestServer, text: string) => {
    const basic = toBasicCredentials('lk0123456789abcd', new Secret(text))
    const clientSecret = new Secret(text)
    return (await server.requestToken({ id: '', clientId: 'lk0123456789abcd', clientSecret, basic })).status
  }

  test('is valid, and neither the declaration nor the answer contains the secret', async () => {
    const { server, declare } = await start()
    const answer = await declare(SHA256)
    expect(await answer.text()).not.toContain(SHA256.slice(7))
    expect(await statusWith(server, SECRET)).toBe(200)
    expect(await statusWith(server, SHA256.slice(7))).toBe(401)
  })

  test('that differs from the current secret is added as in a rotation, and both secrets are valid', async () => {
    const { server, declare } = await start()
    await declare(SHA256)
    const next = `sha256:${createHash('sha256').update('the next one').digest('hex')}`
    expect((await declare(next)).status).toBe(200)
    expect([await statusWith(server, SECRET), await statusWith(server, 'the next one')]).toEqual([200, 200])
    const third = `sha256:${createHash('sha256').update('one too many').digest('hex')}`
    expect(await (await declare(third)).json()).toMatchObject({ code: 'two_secrets_valid' })
  })

  test('of a deleted and recreated client ID makes no old token live again, and new tokens get higher generations', async () => {
    const { server, declare } = await start()
    await declare(SHA256)
    const basic = toBasicCredentials('lk0123456789abcd', new Secret(SECRET))
    const integration = { id: '', clientId: 'lk0123456789abcd', clientSecret: new Secret(SECRET), basic }
    const genOf = (token: string) =>
      (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { gen: number }).gen
    const before = await server.token(integration)
    await fetch(`${server.adminUrl}/admin/v1/integrations/lk0123456789abcd`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
    })
    await declare(SHA256)
    const after = await server.token(integration)
    expect((await server.verify(before)).status).toBe(401)
    expect((await server.verify(after)).status).toBe(200)
    expect(genOf(after)).toBeGreaterThan(genOf(before))
  })
})

describe('an invalid manifest', () => {
  test.each([
    [{ integrations: [{ name: 'New' }] }, '/integrations/0/scopes'],
    [{ integrations: [{ name: 'New', scopes: ['none'] }] }, '/integrations/0/scopes/0'],
    [{ integrations: [{ name: 'New', scopes: [PREDICT], secret: 'plain' }] }, '/integrations/0/secret'],
    [{ integrations: [{ name: 'New', scopes: [PREDICT], client_id: 'mine' }] }, '/integrations/0/client_id'],
    [{ integrations: [{ name: 'a\u202eb', scopes: [PREDICT] }] }, '/integrations/0/name'],
    [
      {
        integrations: [
          { name: 'New', scopes: [PREDICT] },
          { name: 'New', scopes: [PREDICT] },
        ],
      },
      '/integrations/1',
    ],
    [{ integrations: [{ name: 'New', scopes: [PREDICT], id: 'int_1' }] }, '/integrations/0/id'],
    [
      { integrations: [{ name: 'New', scopes: [PREDICT], issue_mode: { kind: 'replace', renew_before_seconds: 5 } }] },
      '/integrations/0/issue_mode/renew_before_seconds',
    ],
    [{ apis: [{ name: 'New', scope: 'none' }] }, '/apis/0/scope'],
    [{ apis: [{ name: 'New', scope: PREDICT, routes: ['no-slash'] }] }, '/apis/0/routes/0'],
    [{ scopes: [{ name: 'two words' }] }, '/scopes/0/name'],
    [{ scopes: [{ name: 'ok', audience: 'with space' }] }, '/scopes/0/audience'],
    [{ latchkey: 1 }, '/latchkey'],
  ])('with %j is refused with a pointer, and no part of the request is applied', async (wrong, pointer) => {
    const admin = await anAdminListener()
    const good = [{ name: 'Good', scopes: [PREDICT] }]
    const integrations = 'integrations' in wrong ? [...wrong.integrations, ...good] : good
    const answer = await apply(admin, { ...wrong, integrations })
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map((place) => place.pointer)).toContain(pointer)
    expect(await auditOf(admin)).toEqual([])
  })

  test('may not refer to an integration by a name that several integrations have', async () => {
    const admin = await anAdminListener()
    await created(admin, { name: 'Twin' })
    await created(admin, { name: 'Twin' })
    const answer = await apply(admin, { integrations: [{ name: 'Twin', grace_seconds: 5 }] })
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/integrations/0/name' }] })
  })

  test('may not have more than a hundred entries', async () => {
    const admin = await anAdminListener()
    const integrations = Array.from({ length: 99 }, (_, i) => ({ name: `N${String(i)}`, scopes: [PREDICT] }))
    expect((await apply(admin, { ...DECLARED, integrations })).statusCode).toBe(400)
    expect(await auditOf(admin)).toEqual([])
  })
})
