// Every listener of the server, the gateway, the agent and the mock treats connections by the same rules.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { aGateway, anUpstream } from '../a-gateway.ts'
import { startTestMock } from '../a-mock.ts'
import { PREDICT } from '../a-server.ts'
import { anAgent } from '../an-agent.ts'
import { RawConnection } from '../raw-http.ts'

interface Listener {
  readonly name: string
  readonly url: string
  /** The path of a request that is answered 200. */
  readonly target: string
  readonly authorization?: string
}

async function everyListener(): Promise<readonly Listener[]> {
  const upstream = await anUpstream((_request, response) => response.setHeader('content-length', 2).end('ok'))
  const { agentKey, httpUrl, proxies, server, integration } = await anAgent({
    more: (folder) => ({
      agent_key_file: join(folder, 'agent.key'),
      http: { port: 0 },
      proxies: [{ name: 'api', port: 0, upstream, integration: 'billing', scope: PREDICT }],
    }),
  })
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  const gateway = await aGateway({ server, reader, upstream })
  const mock = await startTestMock()
  onTestFinished(() => mock.remove())
  const key = `Bearer ${agentKey}`
  const bearer = `Bearer ${await server.token(integration)}`
  return [
    { name: 'public', url: server.publicUrl, target: '/livez' },
    { name: 'admin', url: server.adminUrl, target: '/livez' },
    { name: 'gateway', url: gateway.url, target: '/ai/usecase', authorization: bearer },
    { name: "the gateway's status", url: gateway.statusUrl, target: '/livez' },
    { name: 'agent', url: httpUrl ?? '', target: '/livez', authorization: key },
    { name: "the agent's proxy", url: proxies[0]?.address ?? '', target: '/', authorization: key },
    { name: 'mock', url: mock.publicUrl, target: '/livez' },
    { name: "the mock's admin", url: mock.adminUrl, target: '/livez' },
  ]
}

function get({ url, target, authorization }: Listener, version = 'HTTP/1.1'): string {
  const key = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`
  return `GET ${target} ${version}\r\nHost: ${new URL(url).host}\r\n${key}\r\n`
}

test('every listener answers all of 300 pipelined requests', async () => {
  for (const listener of await everyListener()) {
    const connection = await RawConnection.open(listener.url)
    connection.write(get(listener).repeat(300))
    for (let i = 0; i < 300; i++) expect((await connection.answer('GET')).status, listener.name).toBe(200)
    connection.destroy()
  }
})

test('every listener answers a valid request before it rejects the invalid bytes behind the request and closes the connection', async () => {
  for (const listener of await everyListener()) {
    const connection = await RawConnection.open(listener.url)
    connection.write(`${get(listener)}nonsense\r\n\r\n${get(listener)}`)
    expect((await connection.answer('GET')).status, listener.name).toBe(200)
    expect((await connection.answer('GET')).status, listener.name).toBe(400)
    await connection.closed
  }
})

test('every listener rejects HTTP/2.0 and HTTP/0.9 in a request line', async () => {
  for (const listener of await everyListener()) {
    for (const version of ['HTTP/2.0', 'HTTP/0.9']) {
      const connection = await RawConnection.open(listener.url)
      connection.write(get(listener, version))
      expect((await connection.answer('GET')).status, `${listener.name} ${version}`).toBe(400)
      await connection.closed
    }
  }
})

test('every listener answers CONNECT in order or closes the connection, and serves other connections', async () => {
  for (const listener of await everyListener()) {
    const connection = await RawConnection.open(listener.url)
    connection.write(`${get(listener)}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`)
    await connection.closed
    const next = await RawConnection.open(listener.url)
    next.write(get(listener))
    expect((await next.answer('GET')).status, listener.name).toBe(200)
    next.destroy()
  }
})
