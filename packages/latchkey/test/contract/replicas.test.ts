// A change that one replica makes applies at every other replica from the next request on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '@latchkey/protocol'
import { has } from '../../../../scripts/programs.mjs'
import { MODEL, PREDICT, type TestServer } from '../a-server.ts'
import { readFeed, slotName } from '../a-feed-reader.ts'
import { claimsOf } from '../token-claims.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { admin, type Fleet, startFleet } from '../postgres/replicas.ts'

let fleet: Fleet | undefined
beforeAll(async () => {
  if (has('postgresql')) fleet = await startFleet(3)
}, 30_000)
afterAll(() => fleet?.stop())

const three = () => {
  const { servers } = fleet as Fleet
  const [one, two, third] = servers as [TestServer, TestServer, TestServer]
  return { one, two, third, servers }
}

describe.skipIf(!has('postgresql'))('on three replicas', () => {
  test('a token of one replica is accepted at each replica, until another replica issues the next token', async () => {
    const { one, two, servers } = three()
    const integration = await one.integration()
    const first = await one.token(integration)
    for (const server of servers) expect(await server.verify(first, PREDICT)).toMatchObject({ status: 200 })
    const second = await two.token(integration)
    for (const server of servers) {
      expect(await server.verify(first)).toMatchObject({ status: 401, reason: 'superseded' })
      expect(await server.verify(second)).toMatchObject({ status: 200 })
    }
  })

  test('an integration that one replica has just created gets its first token at another replica, and exactly one token is live', async () => {
    const { one, servers } = three()
    const integration = await one.integration()
    const tokens = await Promise.all(servers.map((server) => server.token(integration)))
    expect(await liveAt(one, tokens)).toHaveLength(1)
  })

  test('many requests for one integration and scope at all replicas are all answered, and one token is live at the end', async () => {
    const { one, servers } = three()
    const integration = await one.integration()
    const requested = servers.flatMap((server) => Array.from({ length: 20 }, () => server.token(integration)))
    expect(await liveAt(one, await Promise.all(requested))).toHaveLength(1)
  })

  test('a revocation at one replica is seen at another, and revoking a token that another replica superseded changes nothing', async () => {
    const { one, two, third } = three()
    const integration = await one.integration()
    const first = await one.token(integration)
    const second = await two.token(integration)
    await third.revoke(integration, first)
    expect(await one.verify(second)).toMatchObject({ status: 200 })
    await third.revoke(integration, second)
    expect(await one.verify(second)).toMatchObject({ status: 401, reason: 'revoked' })
  })

  test('disabling an integration at one replica ends the tokens of the other replicas, and all replicas refuse the client at once', async () => {
    const { one, two, third } = three()
    const integration = await one.integration()
    const token = await two.token(integration)
    expect((await admin(one, 'POST', `/integrations/${integration.id}/disable`)).status).toBe(200)
    expect(await third.verify(token)).toMatchObject({ status: 401, reason: 'integration_disabled' })
    expect((await two.requestToken(integration)).status).toBe(401)
    await admin(third, 'POST', `/integrations/${integration.id}/enable`)
    expect(await two.verify(token)).toMatchObject({ status: 401 })
    expect((await two.requestToken(integration)).status).toBe(200)
  })

  test('an operator at one replica ends a token that only another replica has read', async () => {
    const { one, two, third } = three()
    const integration = await one.integration()
    const token = await two.token(integration)
    expect((await admin(third, 'DELETE', `/integrations/${integration.id}/tokens/${PREDICT}`)).ok).toBe(true)
    expect(await one.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
  })

  test('a secret that was ended at one replica is rejected at another', async () => {
    const { one, two } = three()
    const integration = await one.integration()
    await two.token(integration)
    const { items } = (await (await admin(two, 'GET', `/integrations/${integration.id}/secrets`)).json()) as {
      items: { id: string }[]
    }
    await admin(one, 'POST', `/integrations/${integration.id}/secrets/${items[0]?.id ?? ''}/end`, {})
    expect((await two.requestToken(integration)).status).toBe(401)
  })

  test('a secret and a scope that were added at one replica are valid at another at once', async () => {
    const { one, two } = three()
    const integration = await one.integration({ scopes: [PREDICT] })
    await two.token(integration)
    const made = (await (await admin(one, 'POST', `/integrations/${integration.id}/secrets`, {})).json()) as {
      client_secret: string
    }
    await admin(one, 'PATCH', `/integrations/${integration.id}`, { scopes: [PREDICT, MODEL] })
    const rotated = { ...integration, clientSecret: new Secret(made.client_secret) }
    expect((await two.requestToken(rotated, MODEL)).status).toBe(200)
  })

  test('in stable mode a token that was revoked at one replica is not returned again at another', async () => {
    const { one, two } = three()
    const integration = await one.integration({ mode: { kind: 'stable', renewBeforeSeconds: 60 } })
    for (let round = 0; round < 5; round++) {
      const token = await two.token(integration)
      expect(claimsOf(await two.token(integration)).jti).toBe(claimsOf(token).jti)
      await one.revoke(integration, token)
      expect(claimsOf(await two.token(integration)).jti).not.toBe(claimsOf(token).jti)
    }
  })

  test('a request gets a new token at one replica after another replica issued a token and changed the configuration', async () => {
    const { one, two } = three()
    const [integration, another] = [await one.integration(), await one.integration()]
    for (let round = 0; round < 10; round++) {
      await two.token(integration)
      const before = await one.token(integration)
      await admin(one, 'PATCH', `/integrations/${another.id}`, { description: `in round ${String(round)}` })
      expect(claimsOf(await two.token(integration)).jti).not.toBe(claimsOf(before).jti)
    }
  })

  test('a scope that was removed at one replica is refused at another, and the token for this scope has ended', async () => {
    const { one, two } = three()
    const integration = await one.integration()
    const token = await two.token(integration, MODEL)
    expect((await admin(one, 'PATCH', `/integrations/${integration.id}`, { scopes: [PREDICT] })).status).toBe(200)
    expect(await two.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
    expect((await two.requestToken(integration, MODEL)).status).toBe(400)
  })

  test('a signing key that was revoked at one replica is invalid at another, which signs with the next key', async () => {
    const { one, two, third } = three()
    const integration = await one.integration()
    const token = await two.token(integration)
    const { items } = (await (await admin(one, 'GET', '/keys')).json()) as { items: { kid: string; status: string }[] }
    const kid = items.find(({ status }) => status === 'signing')?.kid ?? ''
    expect((await admin(one, 'POST', `/keys/${kid}/revoke`, {})).ok).toBe(true)
    expect(await third.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
    const next = await two.token(integration)
    expect(await third.verify(next)).toMatchObject({ status: 200 })
    expect(await one.verify(next)).toMatchObject({ status: 200 })
  })

  test('an admin key that was revoked at one replica is rejected at another', async () => {
    const { one, two } = three()
    const made = (await (await admin(one, 'POST', '/admin-keys', { name: 'second', role: 'viewer' })).json()) as {
      id: string
      admin_key: string
    }
    const list = () =>
      fetch(`${two.adminUrl}/admin/v1/integrations`, { headers: { authorization: `Bearer ${made.admin_key}` } })
    expect((await list()).status).toBe(200)
    expect((await admin(one, 'DELETE', `/admin-keys/${made.id}`)).ok).toBe(true)
    expect((await list()).status).toBe(401)
  })

  test('the feed of one replica reports the changes of the other replicas, and confirms that it is current', async () => {
    const { one, two, third } = three()
    const reader = await one.integration({ name: 'Guard', resourceServer: true })
    const feed = await readFeed(third.at, reader)
    await feed.next('heartbeat')
    const client = await one.integration()
    const row = () => feed.table.get(slotName(client.clientId, PREDICT))
    const token = await two.token(client)
    await feed.until(() => row()?.live?.generation === claimsOf(token).gen)
    await admin(one, 'POST', `/integrations/${client.id}/disable`)
    await feed.until(() => row()?.standing === 'integration_disabled')
    const seen = feed.events.length
    await feed.next('heartbeat', seen)
    await admin(two, 'DELETE', `/integrations/${client.id}`)
    await feed.until(() => row()?.standing === 'revoked')
    feed.close()
  })

  test('a reader of the feed continues at another replica, and gets the missed changes instead of a new snapshot', async () => {
    const { one, two, third } = three()
    const reader = await one.integration({ name: 'Guard', resourceServer: true })
    const [client, quiet] = [await one.integration(), await one.integration()]
    for (const integration of [client, quiet]) await one.token(integration)
    const before = await readFeed(one.at, reader)
    await before.next('heartbeat')
    before.close()
    const token = await third.token(client)
    const gone = await two.integration()
    await admin(third, 'DELETE', `/integrations/${gone.id}`)
    const after = await readFeed(two.at, { ...reader, cursor: before.cursor })
    await after.next('heartbeat')
    expect(after.names()).not.toContain('reset')
    expect(after.table.get(slotName(client.clientId, PREDICT))?.live?.generation).toBe(claimsOf(token).gen)
    expect(after.table.get(slotName(gone.clientId, PREDICT))?.standing).toBe('revoked')
    expect(after.table.has(slotName(quiet.clientId, PREDICT))).toBe(false)
    const next = await one.token(quiet)
    await after.until(() => after.table.get(slotName(quiet.clientId, PREDICT))?.live?.generation === claimsOf(next).gen)
    after.close()
  })

  test('simultaneous changes at all replicas make one audit trail without a gap', async () => {
    const { one, servers } = three()
    const made = await Promise.all(
      servers.flatMap((server, at) =>
        Array.from({ length: 5 }, (_, n) => server.integration({ name: `n ${String(at)} ${String(n)}` })),
      ),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(15)
    const ids = made.map(({ id }) => id).sort()
    const report = (await (await admin(one, 'GET', '/audit/verify')).json()) as Record<string, unknown>
    expect(report).toMatchObject({ intact: true })
    for (const server of servers) {
      const list = (await (await admin(server, 'GET', '/integrations?limit=50')).json()) as {
        items: { id: string; name: string }[]
      }
      expect(
        list.items
          .filter(({ name }) => name.startsWith('n '))
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids)
    }
  })
})

describe.skipIf(!has('postgresql'))('replicas that start', () => {
  test('at the same time with a new audience all start, and the tokens of the old audience end', async () => {
    const url = await aDatabase()
    const before = await openReplica(url)
    await before.integrations.create([newIntegration('lkone')], [])
    await issueFrom(before.tokens, attempt('lkone'))
    await before.close()
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openReplica(url, { defaultAudience: 'api://other' })),
    )
    for (const store of stores) {
      expect((await store.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
      expect(store.catalog.scope(PREDICT)?.audience).toBe('api://other')
    }
    expect(await stores[0]?.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    await Promise.all(stores.map((store) => store.close()))
  })

  test('delete the records of stopped replicas in the database', async () => {
    const url = await aDatabase()
    await execute(url, `INSERT INTO replica VALUES ('gone', now() - interval '2 days')`)
    const store = await openReplica(url)
    expect(await execute(url, 'SELECT id FROM replica')).toHaveLength(1)
    await store.close()
  })
})

/** Returns the accepted tokens. Only one token for each `jti`, because one token may have been signed several times. */
async function liveAt(server: TestServer, tokens: readonly string[]): Promise<readonly unknown[]> {
  const verdicts = await Promise.all(tokens.map((token) => server.verify(token)))
  return [...new Set(tokens.filter((_, index) => verdicts[index]?.status === 200).map(jtiOf))]
}

const jtiOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: unknown }).jti
