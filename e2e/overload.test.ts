// Overload: the server answers every accepted request, limits its memory, protects clients from each other, and
// recovers.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { beside } from './beside.ts'
import { Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { violations } from './history/judge.ts'
import { RecordedClient, Recorder } from './history/recorder.ts'
import { createIntegration, MODEL, PREDICT } from './integrations.ts'
import { type RealServer, startRealServer } from './real-server.ts'
import { stopwatch } from './stopwatch.ts'

const MOST_MEGABYTES = 700
/** The server gives up a token request after this time. */
const DEADLINE_MS = 5000
/** Extra time, because clients and server share the machine. */
const SLACK_MS = 4000

test('1000 clients at once: each request is answered 200 or 503 within its deadline, and then the server works as before', async () => {
  const server = await startRealServer()
  const integrations = await Promise.all(Array.from({ length: 20 }, () => createIntegration(server)))
  const slots = integrations.flatMap((integration) => [PREDICT, MODEL].map((scope) => ({ integration, scope })))
  const recorder = new Recorder()
  const latencies: number[] = []
  const took = stopwatch(server.pid)
  const begun = performance.now()
  const end = begun + 4000
  let largest = 0
  const watch = setInterval(() => {
    largest = Math.max(largest, megabytes(server))
  }, 100)
  const clients = Array.from({ length: 1000 }, async (_, n) => {
    const client = new RecordedClient(server, recorder)
    while (performance.now() < end) {
      const requested = performance.now()
      const token = await client.issue(slots[n % slots.length] as (typeof slots)[0])
      latencies.push(performance.now() - requested)
      if (token !== undefined && n % 10 === 0) await client.verify(token)
    }
    client.close()
  })
  await Promise.all(clients)
  /** The time in which server and clients waited for a core. They waited for other processes, and for each other. */
  const lost = performance.now() - begun - took()
  clearInterval(watch)
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(latencies[Math.floor(latencies.length * share)] ?? 0)
  console.info(
    `${latencies.length} answers, ${recorder.unavailable} of them 503, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${largest} MB`,
  )
  expect(recorder.broken).toBe(0)
  expect((latencies.at(-1) ?? Infinity) - lost).toBeLessThan(DEADLINE_MS + SLACK_MS)
  expect(largest).toBeLessThan(MOST_MEGABYTES)
  expect(violations(recorder.history)).toEqual([])

  const connection = new Connection(server)
  const answered = stopwatch(server.pid)
  expect(await connection.requestToken(integrations[0] as (typeof integrations)[0])).toMatchObject({ status: 200 })
  expect(answered()).toBeLessThan(1000)
  connection.close()
})

test('each of a very large number of simultaneous requests gets a token or a 503, and then the server works as before', async () => {
  const server = await startRealServer()
  const { basic } = await createIntegration(server)
  const path = `${new URL(server.issuer).pathname}/v1/token?grant_type=client_credentials&scope=${PREDICT}`
  const request = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic}\r\n\r\n`
  const [connections, each] = [80, 150]
  const began = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await openSocket(server)
      let received = ''
      const all = eventually(() => statusesIn(received).length === each, { within: 60_000, what: 'all is answered' })
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
      socket.write(request.repeat(each))
      await all
      socket.destroy()
      return statusesIn(received)
    }),
  )
  const counted = Object.groupBy(statuses.flat(), (status) => status)
  console.info(`200: ${counted['200']?.length}, 503: ${counted['503']?.length}, in ${performance.now() - began} ms`)
  expect(Object.keys(counted)).toContain('200')
  expect(Object.keys(counted).filter((status) => !['200', '503'].includes(status))).toEqual([])
  const connection = new Connection(server)
  expect(await connection.verify(await connection.token({ basic }))).toMatchObject({ status: 200 })
  expect((await fetch(`${server.publicUrl}/readyz`)).status).toBe(200)
  connection.close()
})

const statusesIn = (received: string): readonly string[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status ?? '')

test('a client that sends requests without end and reads no answers costs little memory and harms no other client', async () => {
  const server = await startRealServer()
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const token = await connection.token(integration, MODEL)
  const path = new URL(server.issuer).pathname
  const requests = [
    `POST ${path}/v1/token?grant_type=client_credentials&scope=${PREDICT} HTTP/1.1\r\nHost: x\r\nAuthorization: ${integration.basic}\r\n\r\n`,
    `GET ${path}/v1/keys HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET ${path}/v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  ]
  const sockets = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const socket = await openSocket(server)
      socket.write((requests[n % requests.length] ?? '').repeat(20_000))
      return socket
    }),
  )
  let largest = 0
  const end = performance.now() + 5000
  let slowest = 0
  while (performance.now() < end) {
    const took = stopwatch(server.pid)
    expect(await connection.verify(token)).toMatchObject({ status: 200 })
    slowest = Math.max(slowest, took())
    largest = Math.max(largest, megabytes(server))
  }
  console.info(`${largest} MB, slowest check beside it ${Math.round(slowest)} ms`)
  expect(largest).toBeLessThan(MOST_MEGABYTES)
  expect(slowest).toBeLessThan(SLACK_MS)
  for (const socket of sockets) socket.destroy()
  const recovered = stopwatch(server.pid)
  await eventually(
    async () => {
      const took = stopwatch(server.pid)
      return (await connection.requestToken(integration)).status === 200 && took() < 200
    },
    { within: 60_000, what: 'it is as fast as before' },
  )
  expect(recovered()).toBeLessThan(5000)
  connection.close()
})

test('requests whose bytes arrive too slowly are ended with 408, and all other clients are served', async () => {
  const server = await startRealServer()
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const path = `${new URL(server.issuer).pathname}/v1/token`
  const heads = [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Slow: `,
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n`,
  ]
  let areOver = false
  const cut = Promise.all(
    Array.from({ length: 150 }, (_, n) => trickle(server, heads[n % heads.length] ?? '')),
  ).finally(() => (areOver = true))
  const times: number[] = []
  await beside(cut, async () => {
    while (!areOver) {
      const took = stopwatch(server.pid)
      expect(await connection.requestToken(integration)).toMatchObject({ status: 200 })
      times.push(took())
    }
  })
  connection.close()
  const answers = await cut
  const longest = Math.max(...answers.map(({ after }) => after))
  const slowest = times.reduce((a, b) => Math.max(a, b), 0)
  console.info(`all cut after at most ${Math.round(longest)} ms, slowest token beside them ${Math.round(slowest)} ms`)
  expect(new Set(answers.map(({ answer }) => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]))).toEqual(new Set(['408']))
  expect(answers.every(({ answer }) => answer.includes('Cache-Control: no-store'))).toBe(true)
  expect(longest).toBeLessThan(20_000)
  expect(slowest).toBeLessThan(SLACK_MS)
})

/** Sends the head, then a byte per second, until the server closes the connection. */
async function trickle(server: RealServer, head: string): Promise<{ readonly answer: string; readonly after: number }> {
  const began = performance.now()
  const socket = await openSocket(server)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  const closed = once(socket, 'close')
  socket.write(head)
  const more = setInterval(() => void (socket.writable && socket.write('a')), 1000)
  await closed
  clearInterval(more)
  return { answer, after: performance.now() - began }
}

async function openSocket(server: RealServer): Promise<Socket> {
  const socket = connect(Number(new URL(server.publicUrl).port), '127.0.0.1')
  await once(socket, 'connect')
  // The server ends the connection in the middle of the request, as the test intends.
  socket.on('error', () => undefined)
  return socket
}

/** The resident memory of the server. */
function megabytes({ pid }: RealServer): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
}
