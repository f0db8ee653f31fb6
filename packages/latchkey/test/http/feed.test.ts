// GET /v1/feed: the right to read the feed, and the form of the stream.
import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { readFeed, slotName } from '../a-feed-reader.ts'
import { aServer, MODEL, PREDICT } from '../a-server.ts'
import { MOST_OF_ONE } from '../../src/http/public/feed/feed-streams.ts'
import { RawConnection } from '../raw-http.ts'
import { asFollowed } from '../token-claims.ts'

const aReader = (server: Awaited<ReturnType<typeof aServer>>) =>
  server.integration({ name: 'Prediction API', scopes: [PREDICT], resourceServer: true })

describe('a request that may not read the feed is refused before the stream begins:', () => {
  const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers })

  test('without credentials, or with wrong credentials, the answer is 401', async () => {
    const server = await aServer()
    const url = `${server.issuer}/v1/feed`
    const none = await ask(url)
    const wrong = await ask(url, { authorization: `Basic ${btoa('lkabcdefghijklmn:wrong')}` })
    expect([none.status, wrong.status]).toEqual([401, 401])
    expect(none.headers.get('www-authenticate')).toBe('Basic realm="latchkey"')
    expect(await wrong.json()).toMatchObject({ error: 'invalid_client' })
  })

  test('an integration without the resource-server right is answered 403', async () => {
    const server = await aServer()
    const client = await server.integration()
    const answer = await ask(`${server.issuer}/v1/feed`, { authorization: client.basic })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ error: 'unauthorized_client' })
  })

  test('another method than GET and POST is answered 405', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const methods = ['PUT', 'HEAD', 'OPTIONS']
    const answers = await Promise.all(
      methods.map((method) => ask(`${server.issuer}/v1/feed`, { authorization: reader.basic }, method)),
    )
    expect(answers.map(({ status }) => status)).toEqual([405, 405, 405])
    expect(answers[0]?.headers.get('allow')).toBe('GET, POST')
  })

  test('a request with a secret in the URI is refused', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const secret = reader.clientSecret.reveal()
    const answer = await ask(`${server.issuer}/v1/feed?client_id=${reader.clientId}&client_secret=${secret}`)
    expect(answer.status).toBe(400)
  })

  test('beyond the limit of failures the answer is 429, and valid credentials still work', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const wrong = { authorization: `Basic ${btoa(`${reader.clientId}:wrong`)}` }
    const statuses = new Set<number>()
    for (let i = 0; i < 200; i++) statuses.add((await ask(`${server.issuer}/v1/feed`, wrong)).status)
    expect([...statuses]).toEqual([401, 429])
    expect((await readFeed(server.issuer, reader)).answer.statusCode).toBe(200)
  })
})

describe('the stream', () => {
  test('has no-store, no CORS headers, and a request id', async () => {
    const server = await aServer()
    const feed = await readFeed(server.issuer, {
      ...(await aReader(server)),
      headers: { origin: 'https://evil.test', 'x-request-id': 'feed-1' },
    })
    const { statusCode, headers } = feed.answer
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-request-id': 'feed-1',
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('starts with hello, the keys, and a reset with the whole table, followed by a heartbeat', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const client = await server.integration()
    const token = await server.token(client)
    const feed = await readFeed(server.issuer, reader)
    await feed.next('heartbeat')
    expect(feed.names()).toEqual(['hello', 'keys', 'reset', 'slots', 'snapshot-end', 'heartbeat'])
    expect(feed.events[0]).toMatchObject({ version: 1, scopes: [PREDICT], heartbeat: 1000 })
    expect(feed.events[2]).toMatchObject({ reason: 'new' })
    const jwks = (await (await fetch(`${server.issuer}/v1/keys`)).json()) as { keys: { kid: string }[] }
    expect(feed.events[1]).toMatchObject({ kids: jwks.keys.map(({ kid }) => kid) })
    expect(feed.table.get(slotName(client.clientId, PREDICT))).toMatchObject({
      standing: 'live',
      live: asFollowed(token),
    })
    expect(feed.table.get(slotName(reader.clientId, PREDICT))).toMatchObject({ standing: 'empty', generation: 0 })
  })

  test('has only the events of the reader’s scopes', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const client = await server.integration()
    await server.token(client, MODEL)
    const feed = await readFeed(server.issuer, reader)
    await feed.next('heartbeat')
    await server.token(client, MODEL)
    await server.token(client, PREDICT)
    await feed.next('slot')
    expect([...feed.table.keys()].filter((name) => name.endsWith(MODEL))).toEqual([])
  })

  test('has the same events in gzip, and they arrive at once', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const client = await server.integration()
    for (let i = 0; i < 40; i++) await server.integration()
    const feed = await readFeed(server.issuer, { ...reader, encoding: 'deflate, gzip;q=0.5' })
    await feed.next('heartbeat')
    expect(feed.answer.headers['content-encoding']).toBe('gzip')
    expect(feed.table.size).toBe(42)
    const token = await server.token(client)
    await feed.next('slot')
    expect(feed.table.get(slotName(client.clientId, PREDICT))?.live).toEqual(asFollowed(token))
    await server.stop()
    await feed.ended
    expect(feed.events.at(-1)).toMatchObject({ name: 'bye', reason: 'stopping' })
  })

  test.each(['identity', 'br', 'gzip;q=0', 'gzip; q=0.000', 'gzipped'])(
    'is plain text for Accept-Encoding %s',
    async (encoding) => {
      const server = await aServer()
      const feed = await readFeed(server.issuer, { ...(await aReader(server)), encoding })
      await feed.next('heartbeat')
      expect(feed.answer.headers['content-encoding']).toBeUndefined()
    },
  )

  test('is the last answer of its connection, and a later token request on this connection is not executed', async () => {
    const server = await aServer()
    const reader = await aReader(server)
    const client = await server.integration()
    const token = await server.token(client)
    const { host, pathname } = new URL(server.issuer)
    const head = (line: string, { basic }: { basic: string }) =>
      `${line} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${basic}\r\nContent-Length: 0\r\n\r\n`
    const connection = await RawConnection.open(server.publicUrl)
    // Both requests are sent in one piece, so the server reads both before it answers the first.
    const tokenRequest = head(`POST ${pathname}/v1/token?grant_type=client_credentials&scope=${PREDICT}`, client)
    connection.write(head(`GET ${pathname}/v1/feed`, reader) + tokenRequest)
    expect((await connection.answer('HEAD')).status).toBe(200)
    const feed = await readFeed(server.issuer, reader)
    await feed.next('heartbeat')
    expect(await server.verify(token)).toMatchObject({ status: 200 })
    await server.stop()
    connection.destroy()
  })
})

test('heartbeats come every second and contain the time since the stream was accepted', async () => {
  const server = await aServer()
  const sentAt = performance.now()
  const feed = await readFeed(server.issuer, await aReader(server))
  await feed.until(() => feed.names().filter((name) => name === 'heartbeat').length === 3)
  const age = performance.now() - sentAt
  const beats = feed.events.flatMap((event) => (event.name === 'heartbeat' ? [event.t] : []))
  expect(beats[2]).toBeGreaterThan(1900)
  // If the server measured a longer time than the reader, the table would look more current than it is.
  expect(beats[2]).toBeLessThanOrEqual(age)
  expect(new Set(feed.events.slice(-2).map(({ cursor }) => cursor)).size).toBe(1)
})

test('the number of readers of one integration is limited, and a further reader gets 503', async () => {
  const server = await aServer()
  const reader = await aReader(server)
  const other = await aReader(server)
  const open = (basic: string) =>
    new Promise<number>((resolve, reject) => {
      get(`${server.issuer}/v1/feed`, { headers: { authorization: basic }, agent: false }, (answer) => {
        answer.on('error', () => undefined).resume()
        resolve(answer.statusCode ?? 0)
      }).once('error', reject)
    })
  for (let i = 0; i < MOST_OF_ONE; i++) expect(await open(reader.basic)).toBe(200)
  const refused = await fetch(`${server.issuer}/v1/feed`, { headers: { authorization: reader.basic } })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('10')
  expect(await open(other.basic)).toBe(200)
})

test('open streams are counted in the metrics', async () => {
  const server = await aServer()
  const feed = await readFeed(server.issuer, await aReader(server))
  await feed.next('hello')
  const scrape = await fetch(`${server.adminUrl}/metrics`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  const text = await scrape.text()
  expect(text).toContain('latchkey_event_feed_subscribers{feed="guard"} 1')
  expect(text).toContain('latchkey_event_lag_seconds{feed="guard"} 0')
})
