// POST /admin/v1/apply with trust rules: afterwards an integration has exactly the trust rules in the manifest.
import { expect, test } from 'vitest'
import type { ManifestOutcome } from '../../src/http/contract/admin-api.ts'
import { PREDICT } from '../a-server.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf, INTEGRATIONS } from '../an-integration.ts'
import { aClientKey, type Json } from '../client-assertions.ts'

const CLIENT_ID = 'lk0123456789abcd'
const CLUSTER = {
  ...{ name: 'prod-cluster', url: 'https://prod-cluster.test', platform: 'kubernetes' },
  keys: { source: 'inline', keys: [aClientKey('RS256', 'cluster-1').jwk] },
}

async function aTrustingListener(): Promise<TestAdminListener> {
  const admin = await anAdminListener()
  const made = await admin.ask({ method: 'POST', url: '/admin/v1/issuers', payload: CLUSTER })
  if (made.statusCode !== 201) throw new Error(made.body)
  return admin
}

const rule = (account: string, more: Json = {}): Json => ({
  issuer: CLUSTER.name,
  claims: [
    { claim: ['sub'], equals: `system:serviceaccount:payments:${account}` },
    { claim: ['kubernetes.io', 'pod', 'uid'], present: true },
  ],
  ...more,
})

const declaring = (entry: Json): Json => ({ integrations: [{ client_id: CLIENT_ID, name: 'Declared', ...entry }] })

const send = ({ ask }: TestAdminListener, payload: Json) => ask({ method: 'POST', url: '/admin/v1/apply', payload })

async function apply(admin: TestAdminListener, entry: Json): Promise<ManifestOutcome['items'][number]> {
  const answer = await send(admin, declaring(entry))
  if (answer.statusCode !== 200) throw new Error(answer.body)
  const [step] = answer.json<ManifestOutcome>().items
  if (step === undefined) throw new Error('no step')
  return step
}

const itemsAt = async ({ ask }: TestAdminListener, path: string): Promise<readonly Json[]> =>
  (await ask({ url: `${INTEGRATIONS}/${CLIENT_ID}/${path}` })).json<{ items: Json[] }>().items

const eventsOf = async (admin: TestAdminListener) =>
  (await auditOf(admin))
    .map(({ event }) => event)
    .filter((event) => event !== 'issuer.created')
    .toReversed()

test('a new integration gets the declared rules and no secret, and applying the manifest again changes nothing', async () => {
  const admin = await aTrustingListener()
  const entry = { scopes: [PREDICT], trust: [rule('worker'), rule('batch', { reuse: 'once', max_lifetime: 600 })] }
  expect(await apply(admin, entry)).toMatchObject({
    action: 'create',
    after: { secret: 'none', trust: [{ issuer: 'prod-cluster', reuse: 'until_expiry' }, { max_lifetime: 600 }] },
  })
  expect(await apply(admin, entry)).toMatchObject({ action: 'keep' })
  expect(await itemsAt(admin, 'credentials')).toMatchObject([
    { ...rule('worker'), kind: 'trust', status: 'active', reuse: 'until_expiry', max_lifetime: 3900 },
    { ...rule('batch'), kind: 'trust', status: 'active', reuse: 'once', max_lifetime: 600 },
  ])
  expect(await itemsAt(admin, 'secrets')).toEqual([])
  expect(await eventsOf(admin)).toEqual(['integration.created'])
})

test('a rule that the manifest does not declare ends, a new rule is added, and an unchanged rule keeps its ID', async () => {
  const admin = await aTrustingListener()
  await apply(admin, { scopes: [PREDICT], trust: [rule('one'), rule('two', { max_lifetime: 600 })] })
  const [, before] = await itemsAt(admin, 'credentials')
  const [turned] = [rule('two')].map(({ claims, ...others }) => ({
    ...others,
    claims: (claims as Json[]).toReversed(),
  }))
  expect(await apply(admin, { trust: [turned, rule('three')] })).toMatchObject({
    action: 'update',
    before: { trust: [rule('one'), rule('two')] },
    after: { trust: [rule('two', { max_lifetime: 600 }), rule('three')] },
  })
  const after = await itemsAt(admin, 'credentials')
  expect(after.map(({ status }) => status)).toEqual(['ended', 'active', 'active'])
  expect(after[1]).toEqual(before)
  expect(await eventsOf(admin)).toEqual(['integration.created', 'credential.ended', 'credential.added'])
  const [added, ended] = await auditOf(admin)
  expect(ended).toMatchObject({ after: { credential_id: after[0]?.['id'], live_tokens: 'keep' } })
  expect(added).toMatchObject({ after: { credential_id: after[2]?.['id'], kind: 'trust', ...rule('three') } })
})

test('a manifest entry without trust does not change the rules of the integration, and an empty list ends all rules', async () => {
  const admin = await aTrustingListener()
  await apply(admin, { scopes: [PREDICT], trust: [rule('one')] })
  expect(await apply(admin, { description: 'Other' })).toMatchObject({ after: { description: 'Other' } })
  expect(await itemsAt(admin, 'credentials')).toMatchObject([{ status: 'active' }])
  expect(await apply(admin, { trust: [] })).toMatchObject({ action: 'update', after: { trust: [] } })
  expect(await itemsAt(admin, 'credentials')).toMatchObject([{ status: 'ended' }])
  expect(await apply(admin, { trust: [] })).toMatchObject({ action: 'keep' })
})

test('a rule with another lifetime or reuse replaces the old rule, and one manifest can replace all eight rules', async () => {
  const admin = await aTrustingListener()
  const eight = (reuse: string) => Array.from({ length: 8 }, (_, n) => rule(`pod${String(n)}`, { reuse }))
  await apply(admin, { scopes: [PREDICT], trust: eight('until_expiry') })
  expect(await apply(admin, { trust: eight('once') })).toMatchObject({ action: 'update' })
  const valid = (await itemsAt(admin, 'credentials')).filter(({ status }) => status === 'active')
  expect(valid.map(({ reuse }) => reuse)).toEqual(Array.from({ length: 8 }, () => 'once'))
})

test('a dry run shows which rules would end and begin, and changes nothing', async () => {
  const admin = await aTrustingListener()
  await apply(admin, { scopes: [PREDICT], trust: [rule('one')] })
  const desired = declaring({ trust: [rule('two')] })
  const planned = (await send(admin, { ...desired, dry_run: true })).json<ManifestOutcome>()
  expect(planned.items).toMatchObject([{ before: { trust: [rule('one')] }, after: { trust: [rule('two')] } }])
  expect(await itemsAt(admin, 'credentials')).toMatchObject([{ ...rule('one'), status: 'active' }])
  expect((await send(admin, desired)).json<ManifestOutcome>()).toEqual(planned)
})

test.each([
  ['an issuer that is not trusted', { ...rule('one'), issuer: 'elsewhere' }, '/integrations/0/trust/1/issuer'],
  [
    'claims that name no subject',
    { ...rule('one'), claims: [{ claim: ['x'], equals: 'y' }] },
    '/integrations/0/trust/1/claims',
  ],
  ['a lifetime of a second', rule('one', { max_lifetime: 1 }), '/integrations/0/trust/1/max_lifetime'],
  ['an end of its own', rule('one', { expires_at: '2099-01-01T00:00:00Z' }), '/integrations/0/trust/1/expires_at'],
])(
  'the error about a rule with %s has a pointer into the manifest, and nothing is applied',
  async (_what, unusable, pointer) => {
    const admin = await aTrustingListener()
    for (const known of [false, true]) {
      for (const dryRun of [true, false]) {
        const entry = declaring({ scopes: [PREDICT], trust: [rule('good'), unusable] })
        const answer = await send(admin, { ...entry, dry_run: dryRun })
        expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ pointer }] }])
      }
      expect(await eventsOf(admin)).toEqual(known ? ['integration.created'] : [])
      await apply(admin, { scopes: [PREDICT] })
    }
  },
)

test('a rule keeps its note if the manifest names no note, and is replaced if the manifest names another note', async () => {
  const admin = await aTrustingListener()
  const noted = (note: string): Json => ({ scopes: [PREDICT], trust: [rule('worker', { note })] })
  expect(await apply(admin, noted('asked for by payments'))).toMatchObject({
    after: { trust: [{ note: 'asked for by payments' }] },
  })
  const [known] = await itemsAt(admin, 'credentials')
  expect(known).toMatchObject({ note: 'asked for by payments' })
  expect(await apply(admin, { scopes: [PREDICT], trust: [rule('worker')] })).toMatchObject({ action: 'keep' })
  expect(await apply(admin, noted('asked for by billing'))).toMatchObject({ action: 'update' })
  const active = (await itemsAt(admin, 'credentials')).filter(({ status }) => status === 'active')
  expect(active).toMatchObject([{ note: 'asked for by billing' }])
  expect(active).not.toMatchObject([{ id: known?.['id'] }])
})

test('a note is refused if it has more than 200 characters, or if it makes the rule too large', async () => {
  const admin = await aTrustingListener()
  expect((await send(admin, declaring({ trust: [rule('worker', { note: 'n'.repeat(201) })] }))).statusCode).toBe(400)
  const claims = Array.from({ length: 7 }, (_, i) => ({
    claim: i === 0 ? ['sub'] : [`c${String(i)}`],
    equals: 'x'.repeat(480),
  }))
  const large = (note: string): Json => declaring({ scopes: [PREDICT], trust: [{ ...rule('worker'), claims, note }] })
  const refused = await send(admin, large('€'.repeat(200)))
  expect(refused.statusCode).toBe(400)
  expect(refused.body).toContain('must have at most 3800 bytes as JSON, together with the note')
})
