// The agent's transparent proxy for one upstream: it replaces the caller's credentials by the live token.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PREDICT } from '../a-server.ts'
import { anAgent, type TestAgent } from '../an-agent.ts'
import { ask } from '../raw-http.ts'

interface Upstream {
  readonly origin: string
  readonly seen: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    body: Buffer
  }[]
  /** A test can answer a request in place of the API. Returns true if the test answered. */
  meddle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Asks the server about a token, and returns the verdict. */
  judge: (authorization: string) => Promise<{ readonly status: number; readonly reason: string | null }>
}

/** Makes an API that asks the server about each token, and returns the request in its answer. */
async function anUpstream(): Promise<Upstream> {
  const server = createServer((incoming, response) => {
    void (async () => {
      const { method = '', url = '', headers } = incoming
      const { status, reason } = await upstream.judge(headers.authorization ?? '')
      const chunks: Buffer[] = []
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
      upstream.seen.push({ method, url, headers, body: Buffer.concat(chunks) })
      if (status === 401) response.writeHead(401, { 'latchkey-reason': reason ?? 'unknown' }).end('{"refused":true}')
      else if (!upstream.meddle(incoming, response)) response.end(Buffer.concat(chunks))
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void (server.close(), server.closeAllConnections()))
  const upstream: Upstream = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen: [],
    meddle: () => false,
    judge: async () => ({ status: 200, reason: null }),
  }
  return upstream
}

interface Setting {
  readonly agent: TestAgent
  readonly upstream: Upstream
  readonly proxyUrl: string
  readonly key: string
}

async function setting(): Promise<Setting> {
  const upstream = await anUpstream()
  const agent = await anAgent({
    more: (folder) => ({
      agent_key_file: join(folder, 'agent.key'),
      proxies: [{ name: 'api', port: 0, upstream: upstream.origin, integration: 'billing', scope: PREDICT }],
    }),
  })
  upstream.judge = (authorization) => agent.server.verify(authorization.replace(/^Bearer /, ''))
  const [proxy] = agent.proxies
  return { agent, upstream, proxyUrl: proxy?.address ?? '', key: agent.agentKey }
}

const send = ({ proxyUrl, key }: Setting, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(proxyUrl + path, { ...init, redirect: 'manual', headers: { authorization: `Bearer ${key}`, ...init.headers } })

test('a request reaches the upstream as it was sent, with the live token in place of the caller’s credentials', async () => {
  const made = await setting()
  const answer = await send(made, '/v1/predict?a=1&a=%20', {
    method: 'POST',
    body: 'a body',
    headers: { 'x-mine': 'kept' },
  })
  expect([answer.status, await answer.text()]).toEqual([200, 'a body'])
  const [seen] = made.upstream.seen
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/v1/predict?a=1&a=%20',
    headers: { 'x-mine': 'kept', host: new URL(made.upstream.origin).host },
  })
  expect(seen?.headers.authorization).not.toContain(made.key)
})

test('if the token was superseded, the agent sends the request again, with its body of 1 MB', async () => {
  const made = await setting()
  await send(made, '/')
  await made.agent.server.token(made.agent.integration, PREDICT)
  const body = randomBytes(1024 * 1024)
  const answer = await send(made, '/large', { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(digest(Buffer.from(await answer.arrayBuffer()))).toBe(digest(body))
  expect(made.upstream.seen.filter(({ url }) => url === '/large').map(({ body: { length } }) => length)).toEqual([
    body.length,
    body.length,
  ])
})

test('the agent does not send a request with a larger body again: the caller gets the 401', async () => {
  const made = await setting()
  const body = randomBytes(3 * 1024 * 1024)
  expect(digest(Buffer.from(await (await send(made, '/', { method: 'POST', body })).arrayBuffer()))).toBe(digest(body))
  await made.agent.server.token(made.agent.integration, PREDICT)
  expect((await send(made, '/', { method: 'POST', body })).status).toBe(401)
  expect((await send(made, '/', { method: 'POST', body })).status).toBe(200)
})

test('a stream passes without buffering, in both directions', async () => {
  const made = await setting()
  const { port } = new URL(made.proxyUrl)
  made.upstream.meddle = (_incoming, response) => {
    response.write('first;')
    // The client sends the rest of the body only after it has read the beginning of the answer.
    rest.then(
      () => response.end('second'),
      () => response.destroy(),
    )
    return true
  }
  let readOn: () => void = () => undefined
  const rest = new Promise<void>((resolve) => (readOn = resolve))
  const sent = request({ port, path: '/', headers: { authorization: `Bearer ${made.key}` } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: string[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(String(chunk))
    readOn()
  }
  expect(chunks).toEqual(['first;', 'second'])
})

test('if the API refuses the new token too, the caller gets the second 401', async () => {
  const made = await setting()
  made.upstream.judge = async () => ({ status: 401, reason: 'unknown' })
  const answer = await send(made, '/')
  expect([answer.status, await answer.json()]).toEqual([401, { refused: true }])
  expect(made.upstream.seen).toHaveLength(2)
})

test.each(['Origin', 'Sec-Fetch-Site'])(
  'a browser is rejected by its %s before any request is forwarded',
  async (name) => {
    const made = await setting()
    const headers = [
      ['Authorization', `Bearer ${made.key}`],
      [name, 'x'],
    ] as const
    expect((await ask(made.proxyUrl, { method: 'GET', target: '/', headers })).status).toBe(403)
    expect((await ask(made.proxyUrl, { method: 'GET', target: '/' })).status).toBe(401)
    expect(made.upstream.seen).toHaveLength(0)
  },
)

test('a request target that is a URL is refused', async () => {
  const made = await setting()
  for (const target of ['http://attacker.example/', `${made.upstream.origin}/`, '*']) {
    const headers = [['Authorization', `Bearer ${made.key}`]] as const
    expect((await ask(made.proxyUrl, { method: 'OPTIONS', target, headers })).status).toBe(400)
  }
  expect(made.upstream.seen).toHaveLength(0)
})

test('CONNECT is refused', async () => {
  const made = await setting()
  const socket = connect(Number(new URL(made.proxyUrl).port), '127.0.0.1')
  socket.write(
    `CONNECT attacker.example:443 HTTP/1.1\r\nHost: attacker.example:443\r\nAuthorization: Bearer ${made.key}\r\n\r\n`,
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(String(answer)).toMatch(/^HTTP\/1\.1 405 /)
  socket.destroy()
})

test.each([
  ['http://attacker.example/', 502, null],
  ['//attacker.example/', 502, null],
  ['UPSTREAM/next?a=1', 302, '/next?a=1'],
  ['/next', 302, '/next'],
])('a redirect to %s gets the answer %i', async (location, status, passedOn) => {
  const made = await setting()
  made.upstream.meddle = (_incoming, response) => {
    response.writeHead(302, { location: location.replace('UPSTREAM', made.upstream.origin) }).end()
    return true
  }
  const answer = await send(made, '/')
  expect([answer.status, answer.headers.get('location')]).toEqual([status, passedOn])
})

test('hop-by-hop headers are not passed on', async () => {
  const made = await setting()
  const headers = [
    ['Authorization', `Bearer ${made.key}`],
    ['Connection', 'x-hop'],
    ['X-Hop', '1'],
    ['Proxy-Authorization', 'Basic x'],
    ['TE', 'trailers'],
  ] as const
  const { port } = new URL(made.proxyUrl)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  await once(socket, 'data')
  socket.destroy()
  const names = Object.keys(made.upstream.seen[0]?.headers ?? {})
  for (const name of ['x-hop', 'proxy-authorization', 'te']) expect(names).not.toContain(name)
})

test('a request whose Connection header names Content-Length does not turn its body into the next request', async () => {
  const made = await setting()
  const { port } = new URL(made.proxyUrl)
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
  const socket = connect(Number(port), '127.0.0.1')
  const lines = [
    'DELETE /first HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${made.key}`,
    'Connection: content-length',
    `Content-Length: ${String(smuggled.length)}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${smuggled}`)
  await once(socket, 'data')
  socket.destroy()
  expect(made.upstream.seen.map(({ url, body }) => [url, String(body)])).toEqual([['/first', smuggled]])
})

test('the answer for an unreachable upstream is 502', async () => {
  const made = await setting()
  made.upstream.meddle = ({ socket }) => (socket.destroy(), true)
  expect((await send(made, '/')).status).toBe(502)
})

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
