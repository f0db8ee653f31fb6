// A server that stops finishes the requests that it began, and its next start can tell a clean stop from a crash.
import { closeSync, openSync, writeSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { eventually, promptly } from './eventually.ts'
import { runLoad } from './history/load.ts'
import { Recorder } from './history/recorder.ts'
import { seededChance } from './chance.ts'
import { createIntegration, MODEL, PREDICT } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer, startServe } from './real-server.ts'

const ES256 = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
const CLEAN = { code: 0, signal: null }

test('SIGTERM under load: exit 0 within 10 s, no finished request failed, and then the port is closed', async () => {
  const server = await startRealServer({ env: ES256 })
  const recorder = new Recorder()
  const integration = await createIntegration(server)
  const resourceServer = await createIntegration(server, { resource_server: true })
  let isOver = false
  const load = runLoad({
    ...{ server, recorder, chance: seededChance(), resourceServer, clients: 16 },
    slots: [PREDICT, MODEL].map((scope) => ({ integration, scope })),
    isOver: () => isOver || recorder.broken >= 16,
  })
  await eventually(() => recorder.answered > 500, { within: 10_000, what: 'the load is on' })
  const requested = performance.now()
  server.kill('SIGTERM')
  expect(await server.exited).toEqual(CLEAN)
  expect(performance.now() - requested).toBeLessThan(10_000)
  isOver = true
  await load
  // The recorder throws on every answer that a healthy server would not give, but it only counts 503 answers and broken
  // connections.
  expect(recorder.unavailable).toBe(0)
  await expect(fetch(`${server.publicUrl}/livez`)).rejects.toThrow()
  await expect(fetch(`${server.adminUrl}/livez`)).rejects.toThrow()
})

test('a busy client learns from Connection: close that its connection will end, and loses no request', async () => {
  const server = await startRealServer({ env: ES256 })
  const integration = await createIntegration(server)
  let [answered, lost] = [0, 0]
  // A draining server closes a connection that was idle for this long, in milliseconds.
  const DRAIN_IDLE = 250
  const clients = Array.from({ length: 16 }, async () => {
    const connection = new Connection(server)
    let sentAt = performance.now()
    for (;;) {
      const wasIdle = performance.now() - sentAt >= DRAIN_IDLE
      sentAt = performance.now()
      try {
        expect((await connection.requestToken(integration)).status).toBe(200)
        answered++
      } catch (cause) {
        connection.close()
        if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED') return
        // A request may be lost if its client was itself suspended for longer than the idle time.
        if (!wasIdle) lost++
      }
    }
  })
  await eventually(() => answered > 300, { within: 10_000, what: 'the load is on' })
  server.kill('SIGTERM')
  expect(await server.exited).toEqual(CLEAN)
  await Promise.all(clients)
  expect(lost).toBe(0)
})

test('SIGINT stops the server in the same way as SIGTERM', async () => {
  const server = await startRealServer({ env: ES256 })
  server.kill('SIGINT')
  expect(await server.exited).toEqual(CLEAN)
})

describe('SIGTERM while a connection', () => {
  const openSocket = async (server: RealServer): Promise<Socket> => {
    const socket = connect(Number(new URL(server.publicUrl).port), '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    return socket
  }

  test('is in the middle of a request: the server reads the rest of the request and answers before the server ends', async () => {
    const server = await startRealServer({ env: ES256 })
    const { basic } = await createIntegration(server)
    const body = `grant_type=client_credentials&scope=${PREDICT}`
    const socket = await openSocket(server)
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    const ended = new Promise((resolve) => socket.once('close', resolve))
    const head = [
      `POST ${new URL(server.issuer).pathname}/v1/token HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${basic}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`)
    // The answer on another connection shows that the server has read the earlier requests.
    await fetch(`${server.publicUrl}/livez`)
    server.kill('SIGTERM')
    await eventually(() => server.stderr().includes('server.stopping'), { within: 2000, what: 'the stop begins' })
    socket.write(body.slice(10))
    await ended
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('access_token')
    expect(await server.exited).toEqual(CLEAN)
  })

  const waiting: readonly (readonly [string, (server: RealServer) => string])[] = [
    ['was opened and never used', () => ''],
    ['holds half a head', () => 'POST /oauth2/'],
    [
      'holds half a body',
      ({ issuer }) =>
        `POST ${new URL(issuer).pathname}/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant`,
    ],
  ]
  test.for(waiting)('%s: the server closes its store cleanly and ends with 0 within 10 s', async ([, sent]) => {
    const server = await startRealServer({ env: ES256 })
    const socket = await openSocket(server)
    socket.on('error', () => undefined)
    socket.write(sent(server))
    await fetch(`${server.publicUrl}/livez`)
    const requested = performance.now()
    server.kill('SIGTERM')
    expect(await server.exited).toEqual(CLEAN)
    expect(performance.now() - requested).toBeLessThan(10_000)
    socket.destroy()
  })
})

test('the next start checks the store for damage after a kill, and not after a clean stop', async () => {
  const dataDir = aTemporaryFolder()
  const first = await startRealServer({ dataDir, env: ES256 })
  const integration = await createIntegration(first)
  const connection = new Connection(first)
  await connection.token(integration)
  connection.close()
  expect(await first.stop()).toEqual(CLEAN)
  damageAuditIndex(join(dataDir, 'latchkey.db'))

  const second = await startRealServer({ dataDir, env: ES256 })
  second.kill('SIGKILL')
  await second.exited

  const third = startServe({ dataDir, env: ES256 })
  const exit = await promptly(third.exited, { within: 15_000, what: 'the start is refused' })
  expect(exit).toEqual({ code: 1, signal: null })
  expect(third.stderr()).toContain('damaged')
  expect(third.stderr()).toContain('restore a backup')
})

/** A start reads the index of the audit trail only if it checks for damage. */
function damageAuditIndex(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true })
  const { rootpage } = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'audit_of_target'`).get() as {
    rootpage: number
  }
  const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number }
  database.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, (rootpage - 1) * pageSize)
  closeSync(handle)
}
