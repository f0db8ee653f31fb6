// The feed has an event for every change, in the order of the commits. After a lost connection a reader gets the missed
// changes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FeedStanding } from '@latchkey/protocol'
import { readFeed, slotName, type TestFeedReader } from '../a-feed-reader.ts'
import { aServer, MODEL, PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { changing, removing } from '../changing.ts'
import { revoke, rotate } from '../signing-keys-api.ts'
import { asFollowed, claimsOf } from '../token-claims.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function following(desired: Parameters<TestServer['integration']>[0] = {}) {
  const reader = await server.integration({ name: 'Guard', resourceServer: true })
  const client = await server.integration(desired)
  const feed = await readFeed(server.issuer, reader)
  await feed.next('heartbeat')
  return { reader, client, feed }
}

const rowOf = (feed: TestFeedReader, { clientId }: TestIntegration, scope: string = PREDICT) =>
  feed.table.get(slotName(clientId, scope))

const standing = (feed: TestFeedReader, client: TestIntegration, expected: FeedStanding, scope: string = PREDICT) =>
  feed.until(() => rowOf(feed, client, scope)?.standing === expected)

const live = (feed: TestFeedReader, client: TestIntegration, token: string) =>
  feed.until(() => rowOf(feed, client)?.live?.generation === claimsOf(token).gen)

describe('the feed sends the right events if', () => {
  test('a token is issued: it is live, with its generation', async () => {
    const { client, feed } = await following()
    const first = await server.token(client)
    await live(feed, client, first)
    const second = await server.token(client)
    await live(feed, client, second)
    expect(rowOf(feed, client)).toMatchObject({ live: asFollowed(second), previous: undefined })
    expect(claimsOf(second).gen).toBeGreaterThan(claimsOf(first).gen)
    expect(rowOf(feed, client, MODEL)).toMatchObject({ standing: 'empty' })
  })

  test('a token is issued with grace: the old token is accepted until a deadline', async () => {
    const { client, feed } = await following({ graceSeconds: 60 })
    const first = await server.token(client)
    const second = await server.token(client)
    await live(feed, client, second)
    expect(rowOf(feed, client)?.previous).toMatchObject(asFollowed(first))
    expect(rowOf(feed, client)?.previous?.until).toBeGreaterThanOrEqual(claimsOf(second).iat + 60)
  })

  test('the superseded token is revoked during its grace: the live token stays, and the generation of the slot grows', async () => {
    const { client, feed } = await following({ graceSeconds: 60 })
    const first = await server.token(client)
    const second = await server.token(client)
    await server.revoke(client, first)
    await feed.until(() => (rowOf(feed, client)?.generation ?? 0) > claimsOf(second).gen)
    expect(rowOf(feed, client)).toMatchObject({ standing: 'live', live: asFollowed(second), previous: undefined })
  })

  test('the client revokes its token', async () => {
    const { client, feed } = await following()
    const token = await server.token(client)
    await server.revoke(client, token)
    await standing(feed, client, 'revoked')
    expect(rowOf(feed, client)?.generation).toBeGreaterThan(claimsOf(token).gen)
  })

  test('no token changes: a late revocation sends no event', async () => {
    const { client, feed } = await following()
    const first = await server.token(client)
    const second = await server.token(client)
    await live(feed, client, second)
    const rows = feed.events.length
    await server.revoke(client, first)
    await feed.next('heartbeat', rows)
    expect(feed.names().slice(rows)).not.toContain('slot')
  })

  test('the integration is disabled, enabled again, and deleted', async () => {
    const { client, feed } = await following()
    const token = await server.token(client)
    await server.integrations.change(client.clientId, ...changing({ kind: 'disable' }))
    await standing(feed, client, 'integration_disabled')
    await standing(feed, client, 'integration_disabled', MODEL)
    await server.integrations.change(client.clientId, ...changing({ kind: 'enable' }))
    await standing(feed, client, 'revoked')
    await server.token(client)
    await standing(feed, client, 'live')
    await server.integrations.remove(client.clientId, removing)
    await standing(feed, client, 'revoked')
    expect(rowOf(feed, client)?.generation).toBeGreaterThan(claimsOf(token).gen + 1)
  })

  test('the scope is removed from the integration', async () => {
    const { client, feed } = await following()
    await server.token(client)
    await server.integrations.change(client.clientId, ...changing({ kind: 'set_scopes', scopes: [MODEL] }))
    await standing(feed, client, 'revoked')
    expect(rowOf(feed, client, MODEL)?.standing).toBe('empty')
  })

  test('an operator ends the live tokens', async () => {
    const { client, feed } = await following()
    await server.token(client)
    await server.integrations.change(client.clientId, ...changing({ kind: 'revoke_tokens', scopes: [PREDICT] }))
    await standing(feed, client, 'revoked')
  })

  test('an integration is created', async () => {
    const { feed } = await following()
    const made = await server.integration()
    await standing(feed, made, 'empty')
  })

  test('a key is published, and another key is revoked with the tokens that it signed', async () => {
    const { client, feed } = await following()
    await server.token(client)
    const [{ kids: before = [] } = {}] = feed.events.flatMap((event) => (event.name === 'keys' ? [event] : []))
    const published = await rotate(server)
    await feed.until(() => feed.names().filter((name) => name === 'keys').length === 2)
    expect(feed.events.at(-1)).toMatchObject({ kids: [...before, published.kid] })
    await revoke(server, before[0] ?? '')
    await standing(feed, client, 'revoked')
    const sets = feed.events.flatMap((event) => (event.name === 'keys' ? [event.kids] : []))
    expect(sets.at(-1)).toEqual([published.kid])
  })
})

describe('a reader that lost its connection', () => {
  test('gets exactly the missed changes', async () => {
    const { reader, client, feed } = await following()
    const other = await server.integration()
    await server.token(other)
    await standing(feed, other, 'live')
    const { cursor } = feed
    feed.close()
    await server.token(client)
    const token = await server.token(client)
    const resumed = await readFeed(server.issuer, { ...reader, cursor })
    await resumed.next('heartbeat')
    expect(resumed.names()).toEqual(['hello', 'keys', 'slot', 'heartbeat'])
    expect([...resumed.table.keys()]).toEqual([slotName(client.clientId, PREDICT)])
    expect(rowOf(resumed, client)?.live).toEqual(asFollowed(token))
  })

  test('gets no change if nothing changed', async () => {
    const { reader, feed } = await following()
    feed.close()
    const resumed = await readFeed(server.issuer, { ...reader, cursor: feed.cursor })
    await resumed.next('heartbeat')
    expect(resumed.names()).toEqual(['hello', 'keys', 'heartbeat'])
  })

  test.each([
    ['nothing', ''],
    ['garbage', 'zzz'],
    ['a cursor of another server', 'AAAAAAAAAAAAAAAA.1'],
    ['a place that is still to come', undefined],
    ['something huge', 'z'.repeat(8000)],
    ['a number that no number holds', `${'A'.repeat(16)}.${'z'.repeat(10)}`],
    ['white space and colons', ': . :'],
  ])('gets a snapshot if it reconnects with %s', async (_, made) => {
    const { reader, feed } = await following()
    const cursor = made ?? feed.cursor.replace(/\.[0-9a-z]+$/, '.zzzzzz')
    const fresh = await readFeed(server.issuer, { ...reader, cursor })
    await fresh.next('heartbeat')
    expect(fresh.names()).toEqual(['hello', 'keys', 'reset', 'slots', 'snapshot-end', 'heartbeat'])
    expect(fresh.events[2]).toMatchObject({ reason: 'unknown' })
  })

  test('gets a snapshot if it reconnects with the cursor of a reader of other scopes', async () => {
    const { feed } = await following()
    const other = await server.integration({ scopes: [PREDICT], resourceServer: true })
    const fresh = await readFeed(server.issuer, { ...other, cursor: feed.cursor })
    await fresh.next('heartbeat')
    expect(fresh.events[2]).toMatchObject({ name: 'reset', reason: 'unknown' })
  })

  test('gets a snapshot after a restart of the server', async () => {
    const { reader, feed } = await following()
    await server.token(reader)
    const { cursor } = feed
    const again = await aServer()
    const same = await again.integration({ resourceServer: true })
    const fresh = await readFeed(again.issuer, { ...same, cursor })
    await fresh.next('heartbeat')
    expect(fresh.events[2]).toMatchObject({ name: 'reset', reason: 'unknown' })
  })
})

test('under continuous issuance no change is lost between the snapshot and the later changes', async () => {
  const reader = await server.integration({ resourceServer: true })
  const clients = await Promise.all(Array.from({ length: 30 }, () => server.integration()))
  const last = new Map<string, string>()
  let isOver = false
  const load = clients.map(async (client) => {
    while (!isOver) last.set(client.clientId, await server.token(client))
  })
  const feeds: TestFeedReader[] = []
  for (let i = 0; i < 10; i++) {
    const feed = await readFeed(server.issuer, { ...reader, encoding: i % 2 === 0 ? 'gzip' : 'identity' })
    await feed.next('heartbeat')
    feeds.push(feed)
  }
  isOver = true
  await Promise.all(load)
  for (const feed of feeds) {
    for (const client of clients) await live(feed, client, last.get(client.clientId) ?? '')
  }
  const generations = new Map<string, number>()
  for (const event of feeds[0]?.events ?? []) {
    if (event.name !== 'slot') continue
    for (const { clientId, scope, generation } of event.rows) {
      const name = slotName(clientId, String(scope))
      expect(generation).toBeGreaterThanOrEqual(generations.get(name) ?? 0)
      generations.set(name, generation)
    }
  }
})
