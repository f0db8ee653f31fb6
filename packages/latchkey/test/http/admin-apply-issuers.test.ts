// POST /admin/v1/apply with trusted issuers: afterwards the server trusts exactly the issuers in the manifest.
import { expect, test } from 'vitest'
import type { ManifestOutcome } from '../../src/http/contract/admin-api.ts'
import { PREDICT } from '../a-server.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf } from '../an-integration.ts'
import { aClientKey, type Json } from '../client-assertions.ts'

const KEYS = { source: 'inline', keys: [aClientKey('RS256', 'one').jwk] }
const CLUSTER = { name: 'cluster', url: 'https://cluster.test', platform: 'kubernetes', keys: KEYS }
const GITHUB = { name: 'github', url: 'https://token.actions.githubusercontent.com', platform: 'github' }
const RULE = { issuer: 'cluster', claims: [{ claim: ['sub'], equals: 'system:serviceaccount:payments:worker' }] }
const TRUSTING = { name: 'Worker', client_id: 'lk0123456789abcd', scopes: [PREDICT], trust: [RULE] }

const send = ({ ask }: TestAdminListener, payload: Json, key?: string) =>
  ask({ method: 'POST', url: '/admin/v1/apply', payload, ...(key && { headers: { authorization: `Bearer ${key}` } }) })

async function apply(admin: TestAdminListener, payload: Json): Promise<ManifestOutcome['items']> {
  const answer = await send(admin, payload)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json<ManifestOutcome>().items
}

const issuersOf = async ({ ask }: TestAdminListener) =>
  (await ask({ url: '/admin/v1/issuers' })).json<{ items: Json[] }>().items

const actionsOf = (items: ManifestOutcome['items']) => items.map(({ name, action }) => [name, action])

test('declared issuers are created, changed and deleted, and applying the manifest again changes nothing', async () => {
  const admin = await anAdminListener()
  expect(actionsOf(await apply(admin, { issuers: [CLUSTER, GITHUB] }))).toEqual([
    ['cluster', 'create'],
    ['github', 'create'],
  ])
  expect(actionsOf(await apply(admin, { issuers: [CLUSTER, GITHUB] }))).toEqual([
    ['cluster', 'keep'],
    ['github', 'keep'],
  ])
  const [cluster] = await issuersOf(admin)
  const changed = { ...CLUSTER, audience: 'api://cluster', enabled: false }
  expect(await apply(admin, { issuers: [changed] })).toMatchObject([
    { kind: 'issuer', name: 'github', action: 'delete', after: {} },
    {
      ...{ name: 'cluster', action: 'update' },
      ...{ before: { audience: null, enabled: true }, after: { audience: 'api://cluster', enabled: false } },
    },
  ])
  expect(await issuersOf(admin)).toMatchObject([{ id: cluster?.['id'], audience: 'api://cluster', version: 2 }])
  expect(await apply(admin, { issuers: [CLUSTER] })).toMatchObject([{ action: 'keep' }])
  const events = (await auditOf(admin)).map(({ event }) => event).toReversed()
  expect(events).toEqual(['issuer.created', 'issuer.created', 'issuer.deleted', 'issuer.changed'])
})

test('a manifest without a list of issuers changes no issuer, and an empty list deletes all issuers', async () => {
  const admin = await anAdminListener()
  await apply(admin, { issuers: [CLUSTER] })
  await apply(admin, { scopes: [{ name: 'other' }] })
  expect(await issuersOf(admin)).toMatchObject([{ name: 'cluster' }])
  expect(await apply(admin, { issuers: [] })).toMatchObject([{ name: 'cluster', action: 'delete' }])
  expect(await issuersOf(admin)).toEqual([])
})

test('a new issuer may have the URL of an issuer that the same manifest deletes', async () => {
  const admin = await anAdminListener()
  await apply(admin, { issuers: [CLUSTER] })
  expect(actionsOf(await apply(admin, { issuers: [{ ...CLUSTER, name: 'renamed' }] }))).toEqual([
    ['cluster', 'delete'],
    ['renamed', 'create'],
  ])
})

test('one manifest can declare an issuer and the trust rules that name this issuer', async () => {
  const admin = await anAdminListener()
  const both = { issuers: [CLUSTER], integrations: [TRUSTING] }
  const planned = await apply(admin, { ...both, dry_run: true })
  expect(actionsOf(planned)).toEqual([
    ['cluster', 'create'],
    ['Worker', 'create'],
  ])
  expect(await issuersOf(admin)).toEqual([])
  expect(await apply(admin, both)).toMatchObject(planned)
  expect(actionsOf(await apply(admin, both))).toEqual([
    ['cluster', 'keep'],
    ['Worker', 'keep'],
  ])
})

test('an issuer that trust rules name is not deleted: the error names the issuer, and nothing is applied', async () => {
  const admin = await anAdminListener()
  await apply(admin, { issuers: [CLUSTER], integrations: [TRUSTING] })
  const before = (await auditOf(admin)).length
  for (const dryRun of [true, false]) {
    const answer = await send(admin, { dry_run: dryRun, issuers: [GITHUB], scopes: [{ name: 'never' }] })
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'issuer_in_use' }])
    expect(answer.json<{ detail: string }>().detail).toBe(
      '/issuers: The list does not contain cluster, so the server would have to delete it. Trust rules of lk0123456789abcd name this issuer. End them first, or disable the issuer.',
    )
  }
  expect(await auditOf(admin)).toHaveLength(before)
})

test('only an owner may declare issuers: the manifest of an editor is refused as a whole if it declares issuers, and applied if it declares none', async () => {
  const admin = await anAdminListener()
  for (const issuers of [[CLUSTER], []]) {
    const answer = await send(admin, { issuers, scopes: [{ name: 'mine' }] }, admin.keys.editor)
    expect([answer.statusCode, answer.json()]).toMatchObject([403, { code: 'role_too_low' }])
  }
  expect(await auditOf(admin)).toEqual([])
  expect((await send(admin, { scopes: [{ name: 'mine' }] }, admin.keys.editor)).statusCode).toBe(200)
})

test.each([
  ['another URL', { ...CLUSTER, url: 'https://other.test' }, 400, '/issuers/1/url'],
  ['another platform', { ...CLUSTER, platform: 'oidc' }, 400, '/issuers/1/platform'],
  ['a URL of http', { ...CLUSTER, name: 'new', url: 'http://new.test' }, 400, '/issuers/1/url'],
  ['the URL of another', { ...CLUSTER, name: 'new', url: GITHUB.url }, 409, undefined],
  ['a name that is declared twice', GITHUB, 400, '/issuers/1'],
])(
  'the error about an issuer with %s has a pointer into the manifest, and nothing is applied',
  async (_what, issuer, status, pointer) => {
    const admin = await anAdminListener()
    await apply(admin, { issuers: [GITHUB, CLUSTER] })
    for (const dryRun of [true, false]) {
      const answer = await send(admin, { dry_run: dryRun, issuers: [{ ...GITHUB, enabled: false }, issuer] })
      expect(answer.statusCode, answer.body).toBe(status)
      expect(answer.json<{ errors?: { pointer: string }[] }>().errors?.[0]?.pointer).toBe(pointer)
    }
    expect(await issuersOf(admin)).toMatchObject([{ name: 'github', version: 1 }, { name: 'cluster' }])
  },
)
