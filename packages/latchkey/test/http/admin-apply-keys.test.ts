// POST /admin/v1/apply with keys and `secret: none`: afterwards an integration has exactly the keys in the manifest.
import { expect, test } from 'vitest'
import type { ManifestOutcome } from '../../src/http/contract/admin-api.ts'
import { PREDICT } from '../a-server.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf, created, INTEGRATIONS } from '../an-integration.ts'
import { aClientKey, type Json } from '../client-assertions.ts'

const CLIENT_ID = 'lk0123456789abcd'
const [ONE, TWO, THREE] = [aClientKey('ES256', 'one'), aClientKey('RS256', 'two'), aClientKey('EdDSA', 'three')]

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

/** Returns the kid of each key, and whether the key is valid. */
const keysOf = async (admin: TestAdminListener) =>
  (await itemsAt(admin, 'credentials')).map(({ kid, status }) => [kid, status])

const eventsOf = async (admin: TestAdminListener) => (await auditOf(admin)).map(({ event }) => event).toReversed()

test('a new integration gets the declared keys and no secret, and applying the manifest again changes nothing', async () => {
  const admin = await anAdminListener()
  const entry = { scopes: [PREDICT], keys: [{ jwk: ONE.jwk }, { jwk: TWO.jwk, max_lifetime: 60 }] }
  const made = await apply(admin, entry)
  expect(made).toMatchObject({ action: 'create', after: { secret: 'none', keys: [{ kid: 'one' }, { kid: 'two' }] } })
  expect(await apply(admin, entry)).toMatchObject({ action: 'keep' })
  expect(await itemsAt(admin, 'credentials')).toMatchObject([
    { kid: 'one', status: 'active', max_lifetime: 300 },
    { kid: 'two', status: 'active', max_lifetime: 60 },
  ])
  expect(await itemsAt(admin, 'secrets')).toEqual([])
  expect(await eventsOf(admin)).toEqual(['integration.created'])
})

test('a key that the manifest does not declare ends, a new key is added, and an unchanged key keeps its ID', async () => {
  const admin = await anAdminListener()
  await apply(admin, { scopes: [PREDICT], keys: [{ jwk: ONE.jwk }, { jwk: TWO.jwk }] })
  const [, before] = await itemsAt(admin, 'credentials')
  const step = await apply(admin, { grace_seconds: 5, keys: [{ jwk: TWO.jwk }, { jwk: THREE.jwk }] })
  expect(step).toMatchObject({
    action: 'update',
    before: { grace_seconds: 0, keys: [{ kid: 'one', alg: 'ES256' }, { kid: 'two' }] },
    after: {
      grace_seconds: 5,
      keys: [
        { kid: 'two', max_lifetime: 300 },
        { kid: 'three', alg: 'EdDSA' },
      ],
    },
  })
  expect(await keysOf(admin)).toEqual([
    ['one', 'ended'],
    ['two', 'active'],
    ['three', 'active'],
  ])
  expect((await itemsAt(admin, 'credentials'))[1]).toEqual(before)
  const events = (await auditOf(admin)).toReversed()
  expect(events.map(({ event }) => event)).toEqual([
    'integration.created',
    'integration.updated',
    'credential.ended',
    'credential.added',
  ])
  const [, , ended, added] = events
  const ids = (await itemsAt(admin, 'credentials')).map(({ id }) => id)
  expect(ended).toMatchObject({ after: { credential_id: ids[0], live_tokens: 'keep' } })
  expect(added).toMatchObject({
    after: { credential_id: ids[2], kind: 'key', kid: 'three', alg: 'EdDSA', max_lifetime: 300 },
  })
  expect(added?.after['thumbprint']).toMatch(/^[\w-]{43}$/)
})

test('a manifest entry without keys does not change the keys of the integration, and an empty list ends all keys', async () => {
  const admin = await anAdminListener()
  await apply(admin, { scopes: [PREDICT], keys: [{ jwk: ONE.jwk }, { jwk: TWO.jwk }] })
  expect(await apply(admin, { description: 'Other' })).toMatchObject({ after: { description: 'Other' } })
  expect(await keysOf(admin)).toEqual([
    ['one', 'active'],
    ['two', 'active'],
  ])
  expect(await apply(admin, { keys: [] })).toMatchObject({ action: 'update', after: { keys: [] } })
  expect(await keysOf(admin)).toEqual([
    ['one', 'ended'],
    ['two', 'ended'],
  ])
  expect(await apply(admin, { keys: [] })).toMatchObject({ action: 'keep' })
})

test('the same key with another assertion lifetime or algorithm replaces the old entry, and an omitted lifetime stays the same', async () => {
  const admin = await anAdminListener()
  await apply(admin, { scopes: [PREDICT], keys: [{ jwk: TWO.jwk, max_lifetime: 60 }] })
  expect(await apply(admin, { keys: [{ jwk: TWO.jwk }] })).toMatchObject({ action: 'keep' })
  expect(await apply(admin, { keys: [{ jwk: TWO.jwk, max_lifetime: 900 }] })).toMatchObject({ action: 'update' })
  expect(await apply(admin, { keys: [{ jwk: { ...TWO.jwk, alg: 'PS256' } }] })).toMatchObject({ action: 'update' })
  expect(await itemsAt(admin, 'credentials')).toMatchObject([
    { kid: 'two', status: 'ended', alg: 'RS256', max_lifetime: 60 },
    { kid: 'two', status: 'ended', alg: 'RS256', max_lifetime: 900 },
    { kid: 'two', status: 'active', alg: 'PS256', max_lifetime: 300 },
  ])
})

test('one manifest can replace all four keys of an integration by four other keys', async () => {
  const admin = await anAdminListener()
  const four = (name: string) =>
    (['ES256', 'ES256', 'EdDSA', 'EdDSA'] as const).map((alg, n) => ({
      jwk: aClientKey(alg, `${name}${String(n)}`).jwk,
    }))
  await apply(admin, { scopes: [PREDICT], keys: four('a') })
  expect(await apply(admin, { keys: four('b') })).toMatchObject({ action: 'update' })
  const valid = (await keysOf(admin)).filter(([, status]) => status === 'active')
  expect(valid.map(([kid]) => kid)).toEqual(['b0', 'b1', 'b2', 'b3'])
})

test('"secret: none" ends all secrets of an integration, and a new integration gets no secret', async () => {
  const admin = await anAdminListener()
  expect(await apply(admin, { scopes: [PREDICT], secret: 'none' })).toMatchObject({ after: { secret: 'none' } })
  expect(await itemsAt(admin, 'secrets')).toEqual([])
  const { id, client_id: clientId } = await created(admin)
  await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/rotate-secret`, payload: { overlap_seconds: 60 } })
  const secrets = async () =>
    (await admin.ask({ url: `${INTEGRATIONS}/${id}/secrets` })).json<{ items: Json[] }>().items
  const ids = (await secrets()).map((secret) => secret['id'])
  expect(ids).toHaveLength(2)
  const entry = { client_id: clientId, secret: 'none', keys: [{ jwk: ONE.jwk }] }
  expect(await apply(admin, entry)).toMatchObject({ before: { secrets: ids }, after: { secrets: [] } })
  expect((await secrets()).map(({ status }) => status)).toEqual(['ended', 'ended'])
  expect((await eventsOf(admin)).slice(-3)).toEqual(['secret.ended', 'secret.ended', 'credential.added'])
  expect(await apply(admin, entry)).toMatchObject({ action: 'keep' })
})

test('"secret: generated" makes a secret for a new integration with keys, and keeps the secrets of an existing integration', async () => {
  const admin = await anAdminListener()
  const entry = { scopes: [PREDICT], secret: 'generated', keys: [{ jwk: ONE.jwk }] }
  expect(await apply(admin, entry)).toMatchObject({ action: 'create', after: { secret: 'generated' } })
  expect(await itemsAt(admin, 'secrets')).toMatchObject([{ status: 'active' }])
  expect(await apply(admin, entry)).toMatchObject({ action: 'keep' })
})

test('a dry run shows which keys and secrets would end and begin, and changes nothing', async () => {
  const admin = await anAdminListener()
  await apply(admin, { scopes: [PREDICT], secret: 'generated', keys: [{ jwk: ONE.jwk }] })
  const desired = declaring({ secret: 'none', keys: [{ jwk: TWO.jwk }] })
  const planned = (await send(admin, { ...desired, dry_run: true })).json<ManifestOutcome>()
  expect(planned.items).toMatchObject([
    {
      before: { secrets: [expect.stringMatching(/^sec_/)], keys: [{ kid: 'one' }] },
      after: { keys: [{ kid: 'two' }] },
    },
  ])
  expect(JSON.stringify(planned)).not.toContain('key_')
  expect(await keysOf(admin)).toEqual([['one', 'active']])
  expect(await eventsOf(admin)).toEqual(['integration.created'])
  expect((await send(admin, desired)).json<ManifestOutcome>()).toEqual(planned)
})

test('a request with a private key is refused, and no part of the key is in the answer or the log', async () => {
  const admin = await anAdminListener()
  const jwk = ONE.privateKey.export({ format: 'jwk' })
  const good = { name: 'Good', scopes: [PREDICT] }
  const answer = await send(admin, {
    integrations: [good, { name: 'Leaking', scopes: [PREDICT], keys: [{ jwk: TWO.jwk }, { jwk }] }],
  })
  expect([answer.statusCode, answer.json<Json>()]).toMatchObject([
    400,
    {
      code: 'private_key_sent',
      detail: expect.stringMatching(/^\/integrations\/1: The JWK has private members, /) as unknown,
    },
  ])
  expect(answer.body).not.toContain(jwk.d)
  expect(admin.log()).not.toContain(jwk.d)
  expect(await auditOf(admin)).toEqual([])
})

test.each([
  ['another curve', [{ jwk: { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' } }], 400, '/integrations/0/keys/0/jwk'],
  ['a lifetime of a day', [{ jwk: ONE.jwk, max_lifetime: 86_400 }], 400, '/integrations/0/keys/0/max_lifetime'],
  ['a second key with the same kid', [{ jwk: ONE.jwk }, { jwk: ONE.jwk }], 409, undefined],
])('keys with %s are refused, and nothing is applied', async (_what, keys, status, pointer) => {
  const admin = await anAdminListener()
  for (const dryRun of [true, false]) {
    const answer = await send(admin, { ...declaring({ scopes: [PREDICT], keys }), dry_run: dryRun })
    expect(answer.statusCode).toBe(status)
    const [error] = answer.json<{ errors?: { pointer: string }[] }>().errors ?? []
    expect(error?.pointer).toBe(pointer)
  }
  expect(await auditOf(admin)).toEqual([])
})
