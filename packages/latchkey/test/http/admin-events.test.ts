// Live events are sent as they happen to operators who may see them, and contain no tokens. The server disconnects a
// reader that is too slow.
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { EventLog } from '../../src/metrics/event-log.ts'
import { EventStreams, MOST_STREAMS } from '../../src/http/admin/activity/event-streams.ts'
import { aServer, PREDICT, TestClock, type TestServer } from '../a-server.ts'
import { readEvents } from '../event-reader.ts'
import { requestTokenFrom } from '../token-from.ts'

async function watch(server: TestServer, lastEventId?: string) {
  const reader = await readEvents(`${server.adminUrl}/admin/v1/events`, server.adminKey.reveal(), lastEventId)
  onTestFinished(() => {
    reader.close()
  })
  return reader
}

async function disable(server: TestServer, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const answer = await fetch(`${server.adminUrl}/admin/v1/integrations/${id}/disable`, { method: 'POST', headers })
  expect(answer.status).toBe(200)
  await answer.arrayBuffer()
}

describe('a reader gets an event', () => {
  test('for each issued token: integration, scope, jti, caller and superseded token, but not the text of the token', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const events = await watch(server)
    expect([events.status, events.contentType]).toEqual([200, 'text/event-stream'])
    const first = await server.token(integration)
    const { data } = await events.next('issuance')
    expect(data).toMatchObject({
      client_id: integration.clientId,
      scope: PREDICT,
      kind: 'issued',
      superseded: null,
      address: '127.0.0.1',
    })
    const second = await server.token(integration)
    const next = await events.next('issuance')
    expect(next.data).toMatchObject({ superseded: data['jti'] })
    const claims = JSON.parse(atob(second.split('.')[1] ?? '')) as Record<string, unknown>
    expect(next.data).toMatchObject({ jti: claims['jti'], generation: claims['gen'] })
    const reported = JSON.stringify([data, next.data])
    for (const token of [first, second])
      for (const part of token.split('.').slice(1)) expect(reported).not.toContain(part)
  })

  test('as soon as callers begin to end each other’s tokens, with these callers and remedies', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const events = await watch(server)
    for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2']) {
      await requestTokenFrom(address, server.issuer, integration)
    }
    const { data } = await events.next('contention')
    expect(data).toMatchObject({
      client_id: integration.clientId,
      scope: PREDICT,
      kind: 'several_sources',
      sources: [{ address: '127.0.0.2' }, { address: '127.0.0.1' }],
    })
  })

  test('for each change, as the audit trail records it', async () => {
    const server = await aServer()
    const { id } = await server.integration()
    const events = await watch(server)
    await disable(server, id)
    const { data } = await events.next('change')
    expect(data).toMatchObject({ event: 'integration.disabled', target: { kind: 'integration', id } })
  })

  test('for repeated refusals, once a minute for each client, address and reason, with the number of omitted events', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const { clientId } = await server.integration()
    const events = await watch(server)
    const guess = () =>
      server.requestToken({ id: '', clientId, clientSecret: server.adminKey, basic: `Basic ${btoa(`${clientId}:no`)}` })
    for (let n = 0; n < 5; n++) await guess()
    expect((await events.next('refusal')).data).toMatchObject({
      endpoint: 'token',
      reason: 'wrong_secret',
      client_id: clientId,
      omitted_before: 0,
    })
    clock.advance(60)
    await guess()
    expect((await events.next('refusal')).data).toMatchObject({ omitted_before: 4 })
  })
})

describe('a reader that reconnects', () => {
  test('gets the events that the reader missed', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const before = await watch(server)
    await server.token(integration)
    await before.next('issuance')
    before.close()
    await server.token(integration)
    await server.token(integration)
    const after = await watch(server, before.lastId())
    expect([
      (await after.next('issuance')).data['superseded'],
      (await after.next('issuance')).data['superseded'],
    ]).not.toContain(null)
  })

  test.each(['0000-1', 'nonsense', '<script>'])('with the unknown id %j gets the event reset', async (id) => {
    const events = await watch(await aServer(), id)
    expect((await events.next('reset')).data).toEqual({})
  })
})

test('a server that stops ends the streams without waiting for their readers', async () => {
  const server = await aServer()
  const events = await watch(server)
  const took = stopwatch()
  await server.stop()
  await events.ended
  expect(took()).toBeLessThan(2500)
})

test('a stream ends within a second after its key was revoked', async () => {
  const server = await aServer()
  const asOwner = (method: string, path: string, body?: object) =>
    fetch(`${server.adminUrl}/admin/v1/admin-keys${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.adminKey.reveal()}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  const made = await asOwner('POST', '', { name: 'Dashboard', role: 'viewer' })
  const { id, admin_key } = (await made.json()) as { id: string; admin_key: string }
  const events = await readEvents(`${server.adminUrl}/admin/v1/events`, admin_key)
  expect(events.status).toBe(200)
  const revoked = await asOwner('DELETE', `/${id}`)
  const took = stopwatch()
  expect(revoked.status).toBe(204)
  await events.ended
  expect(took()).toBeLessThan(1000)
})

test('the server refuses a stream without an admin key', async () => {
  const server = await aServer()
  const events = await readEvents(`${server.adminUrl}/admin/v1/events`, 'lka_guess')
  expect(events.status).toBe(401)
  await events.ended
})

/**
 * Makes a separate listener for event streams. The test controls the clock of the streams and the rights of their
 * readers.
 */
async function someStreams() {
  const clock = new TestClock()
  const log = new EventLog('run', 100, clock)
  const streams = new EventStreams(log, clock)
  const rights = { admitted: true }
  const server = createServer((_request, answer: ServerResponse) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    streams.open({ answer, lastEventId: undefined, isAdmitted: () => rights.admitted })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    streams.endAll()
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`
  return { clock, log, streams, rights, url }
}

/** A client that does not read until the test tells it to. */
const connect = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      answer.on('error', () => undefined)
      resolve(answer)
    }).once('error', reject)
  })

const closed = (answer: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    answer.once('close', resolve)
  })
const change = {
  name: 'refusal',
  at: 0,
  endpoint: 'token',
  reason: 'wrong_secret',
  clientId: undefined,
  address: '192.0.2.1',
  requestId: 'req',
  omittedBefore: 0,
} as const

describe('a stream', () => {
  test('ends within a second after the reader loses the right to read events', async () => {
    const { rights, url } = await someStreams()
    const answer = await connect(url)
    const end = closed(answer.resume())
    const took = stopwatch()
    rights.admitted = false
    await end
    expect(took()).toBeLessThan(1000)
  })

  test('ends after an hour, and not before', async () => {
    const { clock, log, streams, url } = await someStreams()
    const end = closed((await connect(url)).resume())
    clock.advance(3599)
    streams.check()
    expect(log.subscribers).toBe(1)
    clock.advance(1)
    streams.check()
    await end
    expect(log.subscribers).toBe(0)
  })

  test('contains a heartbeat after every 15 seconds without an event', async () => {
    const { clock, streams, url } = await someStreams()
    const answer = (await connect(url)).setEncoding('utf8')
    const texts = answer.iterator({ destroyOnReturn: false })
    expect((await texts.next()).value).toBe('retry: 2000\nid: run-0\n\n')
    for (const seconds of [14, 1]) {
      clock.advance(seconds)
      streams.check()
    }
    expect((await texts.next()).value).toBe(':\n\n')
    answer.destroy()
  })

  test('to a slow reader is ended to save memory, and other streams continue', async () => {
    const { log, url } = await someStreams()
    const [slow, quick] = [await connect(url), await connect(url)]
    quick.resume()
    const cut = closed(slow)
    for (let sent = 0; log.subscribers > 1; sent++) {
      expect(sent).toBeLessThan(200)
      for (let n = 0; n < 1000; n++) log.publish({ ...change, reason: 'x'.repeat(200) })
      await new Promise((resolve) => setImmediate(resolve))
    }
    slow.resume()
    await cut
    expect(log.subscribers).toBe(1)
  })

  test('is refused while a hundred streams are open', async () => {
    const { streams, url } = await someStreams()
    const answers = await Promise.all(Array.from({ length: MOST_STREAMS }, () => connect(url)))
    expect(streams.isFull).toBe(true)
    const left = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (streams.isFull) return
        clearInterval(look)
        resolve()
      }, 5)
    })
    answers[0]?.destroy()
    await left
    for (const answer of answers) answer.destroy()
  })
})
