// Streaming through the gateway in both directions: the gateway buffers nothing, and a running answer may finish after
// its token has ended.
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aGateway, anUpstream } from '../a-gateway.ts'
import { startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'

let server: TestServer
let client: TestIntegration
let reader: TestIntegration

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration()
  reader = await server.integration({ name: 'Gateway', resourceServer: true })
})

afterAll(() => server.stop())

const authorized = async () => ({ authorization: `Bearer ${await server.token(client)}` })

test('each event of a stream arrives before the upstream has sent the next event', async () => {
  let send: (text: string) => void = () => undefined
  const upstream = await anUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    send = (text) => void (text === '' ? response.end() : response.write(`data: ${text}\n\n`))
  })
  const gateway = await aGateway({ server, reader, upstream })
  const answer = await fetch(`${gateway.url}/ai/usecase`, { headers: await authorized() })
  // Only the head of the answer arrives, because the upstream has not sent an event yet.
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const events = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (const word of ['one', 'two', 'three']) {
    send(word)
    expect((await events?.read())?.value).toBe(`data: ${word}\n\n`)
  }
  send('')
  expect((await events?.read())?.done).toBe(true)
})

test('an answer is finished after its token was superseded, but the next request with that token is refused', async () => {
  let finish: () => void = () => undefined
  const upstream = await anUpstream((request, response) => {
    response.write('first ')
    if (request.method === 'HEAD') response.end()
    else finish = () => response.end('last')
  })
  const gateway = await aGateway({ server, reader, upstream })
  const headers = await authorized()
  const answer = await fetch(`${gateway.url}/ai/usecase`, { headers })
  await server.token(client)
  await expect
    .poll(async () => (await fetch(`${gateway.url}/ai/prediction/x`, { method: 'HEAD', headers })).status, {
      timeout: 10_000,
    })
    .toBe(401)
  finish()
  expect(await answer.text()).toBe('first last')
})

test('a large body is sent while the upstream already answers', async () => {
  const upstream = await anUpstream((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => response.write(chunk))
    incoming.on('end', () => response.end())
  })
  const gateway = await aGateway({ server, reader, upstream })
  const half = randomBytes(500_000)
  const hash = createHash('sha256')
  let received = 0
  const upload = request(`${gateway.url}/ai/prediction/x`, {
    method: 'POST',
    headers: { ...(await authorized()), 'content-length': 2 * half.length },
  })
  const ended = new Promise<void>((resolve, reject) => {
    upload.on('error', reject)
    upload.on('response', (answer) => {
      answer.on('data', (chunk: Buffer) => {
        received += chunk.length
        hash.update(chunk)
      })
      answer.on('end', resolve)
    })
  })
  upload.write(half)
  // The first half came back before the client sent the second half. So the gateway does not buffer the body.
  await expect.poll(() => received).toBe(half.length)
  upload.end(half)
  await ended
  expect(hash.digest('hex')).toBe(createHash('sha256').update(half).update(half).digest('hex'))
})

test('the gateway buffers little of a large answer that the client does not read', async () => {
  let sent = 0
  const upstream = await anUpstream((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && sent < 400_000_000) {
        sent += 1_000_000
        if (!response.write(Buffer.alloc(1_000_000))) {
          response.once('drain', more)
          return
        }
      }
    }
    more()
  })
  const gateway = await aGateway({ server, reader, upstream })
  const stop = new AbortController()
  const answer = await fetch(`${gateway.url}/ai/usecase`, { headers: await authorized(), signal: stop.signal })
  const chunks = answer.body?.getReader()
  await chunks?.read()
  let before = -1
  await expect
    .poll(
      () => {
        const isStill = sent === before
        before = sent
        return isStill
      },
      { interval: 200 },
    )
    .toBe(true)
  expect(sent).toBeLessThan(40_000_000)
  stop.abort()
})
