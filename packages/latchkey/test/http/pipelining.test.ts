// Pipelined requests: the number of running requests of a connection is limited.
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { MOST_IN_A_TURN, MOST_IN_WORK } from '../../src/connections/pipeline.ts'
import { createPublicListener } from '../../src/http/public/public-listener.ts'
import { jsonResponse, type PublicResponse } from '../../src/http/public/public-response.ts'
import { listen } from '../../src/server/listen.ts'
import { headerOf, type RawAnswer, RawConnection } from '../raw-http.ts'
import { someCounts } from '../some-counts.ts'

/** A listener whose requests finish only when the test answers them. */
async function aHeldListener() {
  const held: { readonly path: string; readonly answer: () => void }[] = []
  const seen: string[] = []
  let most = 0
  let isDraining = false
  let wake: () => void = () => undefined
  const listener = createPublicListener({
    route: (path) => ({
      body: path.startsWith('/form') ? 'form' : 'ignored',
      meter: undefined,
      handler: (request) => {
        if (request.query !== '') seen.push(`${path}?${request.query}`)
        if (request.query !== '') return jsonResponse(200, '{}')
        const text = Buffer.isBuffer(request.body) ? request.body.toString() : request.body
        seen.push(text === '' ? path : `${path} ${text}`)
        if (path === '/at-once') return jsonResponse(200, '{}')
        return new Promise<PublicResponse>((resolve) => {
          held.push({
            path,
            answer: () => {
              resolve(jsonResponse(200, JSON.stringify({ path })))
            },
          })
          most = Math.max(most, held.length)
          wake()
        })
      },
    }),
    logger: pino({ level: 'silent' }),
    isDraining: () => isDraining,
    counts: someCounts(),
  })
  await listen(listener, { host: '127.0.0.1', port: 0, setting: 'LATCHKEY_PORT' })
  onTestFinished(() => void listener.close())
  const { port } = listener.address() as AddressInfo
  const accepted = once(listener, 'connection') as Promise<[Socket]>
  const connection = await RawConnection.open(`http://127.0.0.1:${String(port)}`)
  const [socket] = await accepted
  onTestFinished(() => {
    connection.destroy()
  })
  const another = async (): Promise<RawConnection> => {
    const other = await RawConnection.open(`http://127.0.0.1:${String(port)}`)
    onTestFinished(() => {
      other.destroy()
    })
    return other
  }
  return {
    connection,
    /** Cuts the connection, as the server does with a slow client. */
    cut: async () => {
      socket.destroy()
      await once(socket, 'close')
    },
    /** Makes the listener drain, as when the server stops. */
    drain: () => {
      isDraining = true
    },
    seen,
    most: () => most,
    /** Resolves when this many requests are running. */
    inWork: async (count: number) => {
      while (held.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    answerOne: () => held.shift()?.answer(),
    another,
    /**
     * Sends a request on another connection. The answer shows that the server has read all bytes that were sent before.
     */
    turn: async () => {
      const other = await RawConnection.open(`http://127.0.0.1:${String(port)}`)
      other.write(get('/at-once'))
      await other.answer()
      other.destroy()
    },
  }
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`

const pathOf = ({ body }: RawAnswer): unknown => (JSON.parse(body) as { path: unknown }).path

test('of 5000 requests on one connection at most 64 run at once, and all are answered in order', async () => {
  const { connection, inWork, answerOne, most } = await aHeldListener()
  const paths = Array.from({ length: 5000 }, (_, i) => `/${String(i)}`)
  connection.write(paths.map(get).join(''))
  const answered: unknown[] = []
  for (const path of paths) {
    await inWork(1)
    answerOne()
    const answer = await connection.answer('GET')
    answered.push(pathOf(answer))
    if (pathOf(answer) !== path) break
  }
  expect(answered).toEqual(paths)
  expect(most()).toBe(MOST_IN_WORK)
})

test('unanswered requests of one connection do not delay another connection', async () => {
  const { connection, inWork, turn } = await aHeldListener()
  connection.write(get('/a').repeat(1000))
  await inWork(MOST_IN_WORK)
  await turn()
})

test('a request on another connection is answered before the 17th of a thousand pipelined requests', async () => {
  const { connection, another, seen } = await aHeldListener()
  const other = await another()
  connection.write(get('/at-once').repeat(1000))
  other.write(get('/at-once?other'))
  await other.answer('GET')
  const before = seen.indexOf('/at-once?other')
  expect(before).toBeLessThanOrEqual(MOST_IN_A_TURN)
  for (let i = 0; i < 1000; i++) expect((await connection.answer('GET')).status).toBe(200)
})

test('fifty connections with many pipelined requests progress evenly', async () => {
  const { another, seen } = await aHeldListener()
  const connections = await Promise.all(Array.from({ length: 50 }, another))
  // The server has accepted all connections.
  for (const each of connections) {
    each.write(get('/at-once'))
    await each.answer('GET')
  }
  for (const [index, each] of connections.entries()) each.write(get(`/at-once?${String(index)}`).repeat(200))
  for (const each of connections) for (let i = 0; i < 200; i++) await each.answer('GET')
  const begun = new Map<string, number>()
  let widest = 0
  for (const path of seen.slice(50)) {
    begun.set(path, (begun.get(path) ?? 0) + 1)
    if (begun.size === 50) widest = Math.max(widest, Math.max(...begun.values()) - Math.min(...begun.values()))
  }
  expect(seen).toHaveLength(50 + 50 * 200)
  expect(widest).toBeLessThanOrEqual(2 * MOST_IN_A_TURN)
})

test('a POST waits for earlier answers, and later requests wait for the POST', async () => {
  const { connection, inWork, answerOne, turn, seen } = await aHeldListener()
  connection.write(get('/1') + get('/2') + post('/form/3', 'a=b') + get('/4') + post('/form/5', 'c=d'))
  await inWork(2)
  await turn()
  expect(seen.filter((path) => path !== '/at-once')).toEqual(['/1', '/2'])
  answerOne()
  await connection.answer('GET')
  await turn()
  answerOne()
  await connection.answer('GET')
  await inWork(1)
  await turn()
  expect(seen.filter((path) => path !== '/at-once')).toEqual(['/1', '/2', '/form/3 a=b'])
  answerOne()
  await connection.answer()
  await inWork(1)
  await turn()
  expect(seen.at(-2)).toBe('/4')
  answerOne()
  await connection.answer('GET')
  await inWork(1)
  expect(seen.at(-1)).toBe('/form/5 c=d')
  answerOne()
  expect(pathOf(await connection.answer())).toBe('/form/5')
})

test('CONNECT after an unanswered request does not end the process', async () => {
  const { connection, inWork, answerOne, turn } = await aHeldListener()
  connection.write(`${get('/a')}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`)
  await inWork(1)
  await turn()
  answerOne()
  expect(pathOf(await connection.answer('GET'))).toBe('/a')
  await inWork(1)
  answerOne()
  expect((await connection.answer()).status).toBe(200)
  await connection.closed
})

test('invalid bytes are answered after the earlier requests on their connection', async () => {
  const { connection, inWork, answerOne, turn } = await aHeldListener()
  connection.write(`${get('/a')}${get('/b')}nonsense\r\n\r\n${get('/c')}`)
  await inWork(2)
  await turn()
  answerOne()
  answerOne()
  expect(pathOf(await connection.answer('GET'))).toBe('/a')
  expect(pathOf(await connection.answer('GET'))).toBe('/b')
  expect((await connection.answer()).status).toBe(400)
  await connection.closed
})

test('a request with a broken body is answered after the earlier requests on its connection', async () => {
  const { connection, inWork, answerOne, turn } = await aHeldListener()
  connection.write(`${get('/a')}POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n`)
  await inWork(1)
  await turn()
  answerOne()
  expect(pathOf(await connection.answer('GET'))).toBe('/a')
  expect((await connection.answer()).status).toBe(400)
  await connection.closed
})

test('a form that is sent after many waiting requests arrives completely', async () => {
  const { connection, inWork, answerOne, seen } = await aHeldListener()
  const body = `a=${'x'.repeat(15_000)}`
  connection.write(get('/a').repeat(100) + post('/form/1', body) + post('/form/2', body) + get('/last'))
  for (let i = 0; i < 103; i++) {
    await inWork(1)
    answerOne()
    expect((await connection.answer('GET')).status).toBe(200)
  }
  expect(seen.slice(-3)).toEqual([`/form/1 ${body}`, `/form/2 ${body}`, '/last'])
})

test('waiting requests are dropped when their connection is cut', async () => {
  const { connection, cut, inWork, answerOne, turn, seen } = await aHeldListener()
  connection.write(get('/a').repeat(200))
  await inWork(MOST_IN_WORK)
  await cut()
  for (let i = 0; i < MOST_IN_WORK; i++) answerOne()
  await turn()
  expect(seen.filter((path) => path === '/a')).toHaveLength(MOST_IN_WORK)
})

test('a draining server answers running requests and does not start later requests', async () => {
  const { connection, inWork, answerOne, drain, turn, seen } = await aHeldListener()
  connection.write(get('/a') + get('/b'))
  await inWork(2)
  drain()
  answerOne()
  const first = await connection.answer('GET')
  expect([pathOf(first), headerOf(first, 'connection')]).toEqual(['/a', 'keep-alive'])
  connection.write(get('/c'))
  await turn()
  answerOne()
  const last = await connection.answer('GET')
  expect([pathOf(last), headerOf(last, 'connection')]).toEqual(['/b', 'close'])
  await connection.closed
  expect(seen).not.toContain('/c')
})

test('if an answer was being sent when the drain began, the server closes the connection after the next answer', async () => {
  const { connection, inWork, answerOne, drain, turn } = await aHeldListener()
  connection.write(get('/a') + get('/at-once'))
  await inWork(1)
  await turn()
  drain()
  answerOne()
  for (const path of ['/a', '/at-once']) {
    const answer = await connection.answer('GET')
    expect(headerOf(answer, 'connection'), path).toBe('keep-alive')
  }
  connection.write(get('/at-once'))
  expect(headerOf(await connection.answer('GET'), 'connection')).toBe('close')
  await connection.closed
})
