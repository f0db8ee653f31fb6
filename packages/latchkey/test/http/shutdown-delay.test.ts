// A stopping server or gateway with a shutdown delay is not ready at once, but serves requests until the end of the
// delay.
import { expect, test } from 'vitest'
import { aGateway, anUpstream, echo } from '../a-gateway.ts'
import { aServer, PREDICT, startTestServer } from '../a-server.ts'
import { ask, headerOf, RawConnection, requestBytes, under } from '../raw-http.ts'

const DELAY_SECONDS = 2

/** Resolves when the connection has ended, which takes a turn of the event loop. */
function watch(stopped: Promise<void>): { readonly isOver: () => boolean } {
  let isOver = false
  void stopped.then(() => (isOver = true))
  return { isOver: () => isOver }
}

test('a stopping server is not ready, and serves until its delay is over', async () => {
  const reported: unknown[] = []
  const logged = ({ event }: Readonly<Record<string, unknown>>) => reported.push(event)
  const server = await startTestServer({ env: { LATCHKEY_SHUTDOWN_DELAY: String(DELAY_SECONDS) }, logged })
  const { basic } = await server.integration()
  const target = under(server.issuer, `/v1/token?grant_type=client_credentials&scope=${encodeURIComponent(PREDICT)}`)
  const request = requestBytes(server.publicUrl, { target, headers: [['Authorization', basic]] })
  const connection = await RawConnection.open(server.publicUrl)
  connection.write(request)
  const before = await connection.answer()
  expect([before.status, headerOf(before, 'connection')]).toEqual([200, 'keep-alive'])

  const requested = performance.now()
  const stopped = server.stop()
  const { isOver } = watch(stopped)
  for (const origin of [server.publicUrl, server.adminUrl]) {
    const probe = await ask(origin, { method: 'GET', target: '/readyz' })
    expect([probe.status, headerOf(probe, 'retry-after')]).toEqual([503, '1'])
    expect((await ask(origin, { method: 'GET', target: '/livez' })).status).toBe(200)
  }
  connection.write(request)
  const last = await connection.answer()
  expect([last.status, headerOf(last, 'connection')]).toEqual([200, 'close'])
  await connection.closed
  expect((await ask(server.publicUrl, { target, headers: [['Authorization', basic]] })).status).toBe(200)
  expect(isOver()).toBe(false)
  // The server was not ready because of its delay. Its store was available.
  expect(reported).not.toContain('store.unavailable')

  await stopped
  expect(performance.now() - requested).toBeGreaterThan(DELAY_SECONDS * 1000 - 50)
  await expect(fetch(`${server.publicUrl}/livez`)).rejects.toThrow(/fetch failed/)
})

test('a stopping gateway is not ready, and passes requests on until its delay is over', async () => {
  const server = await aServer()
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  const token = await server.token(await server.integration())
  const file = `timeouts: { shutdown_delay_seconds: ${String(DELAY_SECONDS)} }`
  const gateway = await aGateway({ server, reader, upstream: await anUpstream(echo), file })
  const request = requestBytes(gateway.url, {
    method: 'GET',
    target: '/ai/usecase',
    headers: [['Authorization', `Bearer ${token}`]],
  })
  const connection = await RawConnection.open(gateway.url)
  connection.write(request)
  expect(headerOf(await connection.answer('GET'), 'connection')).toBe('keep-alive')

  const stopped = gateway.stop()
  const { isOver } = watch(stopped)
  expect((await fetch(`${gateway.statusUrl}/readyz`)).status).toBe(503)
  connection.write(Buffer.concat([request, request]))
  const first = await connection.answer('GET')
  expect([first.status, headerOf(first, 'connection')]).toEqual([200, 'keep-alive'])
  const last = await connection.answer('GET')
  expect([last.status, headerOf(last, 'connection')]).toEqual([200, 'close'])
  await connection.closed
  expect(
    (await ask(gateway.url, { method: 'GET', target: '/ai/usecase', headers: [['Authorization', `Bearer ${token}`]] }))
      .status,
  ).toBe(200)
  expect(isOver()).toBe(false)

  await stopped
  await expect(fetch(`${gateway.url}/ai/usecase`)).rejects.toThrow(/fetch failed/)
})
