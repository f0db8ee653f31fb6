// How a stream of the feed ends: the reader loses its right, the reader does not read, or the server stops.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressRanges } from '../address-ranges.ts'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import type { IntegrationChange } from '../../src/domain/integration-change.ts'
import { readFeed } from '../a-feed-reader.ts'
import { aServer, MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { changing, removing } from '../changing.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function following() {
  const reader = await server.integration({ resourceServer: true })
  const feed = await readFeed(server.issuer, reader)
  await feed.next('heartbeat')
  return { reader, feed }
}

describe('a reader of the feed', () => {
  const changes: [string, IntegrationChange, string][] = [
    ['its integration is disabled', { kind: 'disable' }, 'right_ended'],
    ['its right is taken away', { kind: 'set_resource_server', scopes: [] }, 'right_ended'],
    [
      'its address is allowed no more',
      { kind: 'set_allowed_addresses', ranges: addressRanges('192.0.2.0/24') },
      'right_ended',
    ],
    ['it has lost a scope', { kind: 'set_resource_server', scopes: [PREDICT] }, 'right_changed'],
  ]
  test.each(changes)('is cut off within a second when %s', async (_, change, reason) => {
    const { reader, feed } = await following()
    await server.integrations.change(reader.clientId, ...changing(change))
    const took = stopwatch()
    await feed.ended
    expect(took()).toBeLessThan(1000)
    expect(feed.events.at(-1)).toMatchObject({ name: 'bye', reason })
  })

  test('is cut off within a second when its integration is deleted', async () => {
    const { reader, feed } = await following()
    await server.integrations.remove(reader.clientId, removing)
    await feed.ended
    expect(feed.events.at(-1)).toMatchObject({ name: 'bye', reason: 'right_ended' })
  })

  test('is cut off within a second when its secret is ended, and a reader with the other secret is not cut off', async () => {
    const { reader, feed } = await following()
    const rotated = await fetch(`${server.adminUrl}/admin/v1/integrations/${reader.id}/rotate-secret`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminKey.reveal()}`, 'content-type': 'application/json' },
      body: '{}',
    })
    const { client_secret: secret } = (await rotated.json()) as { client_secret: string }
    const basic = `Basic ${btoa(`${reader.clientId}:${secret}`)}`
    const other = await readFeed(server.issuer, { basic })
    await other.next('heartbeat')
    const old = (await server.integrations.find(reader.clientId))?.integration.secrets.at(0)
    const at = Math.floor(Date.now() / 1000)
    await server.integrations.change(reader.clientId, ...changing({ kind: 'end_secret', secretId: old?.id ?? '', at }))
    await feed.ended
    expect(feed.events.at(-1)).toMatchObject({ name: 'bye', reason: 'right_ended' })
    await other.next('heartbeat', other.events.length)
    expect(other.isEnded).toBe(false)
  })

  test('is not cut off when another setting of its integration changes', async () => {
    const { reader, feed } = await following()
    const change = { kind: 'set_scopes', scopes: [MODEL] } as const
    await server.integrations.change(reader.clientId, ...changing(change))
    await feed.next('heartbeat', feed.events.length)
    await feed.next('heartbeat', feed.events.length)
    expect(feed.isEnded).toBe(false)
  })
})

test('a server that stops sends a bye event and does not wait for its readers', async () => {
  const server = await aServer()
  const feed = await readFeed(server.issuer, await server.integration({ resourceServer: true }))
  await feed.next('heartbeat')
  const took = stopwatch()
  await server.stop()
  expect(took()).toBeLessThan(3000)
  await feed.ended
  expect(feed.events.at(-1)).toMatchObject({ name: 'bye', reason: 'stopping' })
})

test('a reader that does not read does not delay the stop of the server', async () => {
  const server = await aServer()
  const reader = await server.integration({ resourceServer: true })
  const { hostname, port, pathname } = new URL(server.issuer)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  socket.write(`GET ${pathname}/v1/feed HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${reader.basic}\r\n\r\n`)
  await new Promise((resolve) => socket.once('readable', resolve))
  const took = stopwatch()
  await server.stop()
  expect(took()).toBeLessThan(3000)
  socket.destroy()
})
