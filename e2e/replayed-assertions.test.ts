// An assertion that was used stays used: after a restart, a kill, a clock that was set back and many other uses.
import { expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { freePort } from './free-port.ts'
import { aKeyClient, present, presentOnce } from './key-client.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

/** A server that can be started again at the same address, by another clock if `wrap` says so. */
async function aPlace() {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  return { start: (wrap: readonly string[] = []): Promise<RealServer> => startRealServer({ dataDir, env, wrap }) }
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s right after the token, the next start refuses the assertion, and the token stays live',
  async (signal) => {
    const place = await aPlace()
    let server = await place.start()
    const client = await aKeyClient(server)
    const connection = new Connection(server)
    for (let round = 0; round < 3; round++) {
      const used = client.sign()
      const answer = await present(connection, used)
      server.kill(signal)
      expect(answer.status).toBe(200)
      await server.exited
      server = await place.start()
      expect(await presentOnce(server, used)).toBe(401)
      const { access_token: token } = JSON.parse(answer.body) as { access_token: string }
      expect(await connection.verify(token)).toMatchObject({ status: 200 })
      expect(await presentOnce(server, client.sign())).toBe(200)
    }
    connection.close()
  },
)

test('a used assertion is refused after 256 other assertions', async () => {
  const server = await (await aPlace()).start()
  const client = await aKeyClient(server)
  const connections = Array.from({ length: 8 }, () => new Connection(server))
  const now = Math.floor(Date.now() / 1000)
  const used = client.sign({ exp: now + 59 })
  expect(await presentOnce(server, used)).toBe(200)
  const others = Array.from({ length: 256 }, () => client.sign({ exp: now + 60 }))
  const answers = await Promise.all(
    connections.map(async (connection, at) => {
      const statuses: number[] = []
      for (const other of others.filter((_, nth) => nth % connections.length === at)) {
        statuses.push((await present(connection, other)).status)
      }
      return statuses
    }),
  )
  expect(new Set(answers.flat())).toEqual(new Set([200]))
  // The window has dropped the use. It cannot tell whether an assertion with an earlier end was used.
  expect(await presentOnce(server, used)).toBe(503)
  expect(await presentOnce(server, others[0] as string)).toBe(401)
  for (const connection of connections) connection.close()
})

test.skipIf(!has('faketime'))(
  'after the clock of the server was set back by an hour, a used assertion is refused',
  async () => {
    const place = await aPlace()
    let server = await place.start()
    const client = await aKeyClient(server)
    const used = client.sign()
    expect(await presentOnce(server, used)).toBe(200)
    await server.stop()

    server = await place.start(['faketime', '-m', '-f', '+1h'])
    const inAnHour = Math.floor(Date.now() / 1000) + 3600
    expect(await presentOnce(server, used)).toBe(401)
    expect(await presentOnce(server, client.sign({ iat: inAnHour, exp: inAnHour + 60 }))).toBe(200)
    await server.stop()

    server = await place.start()
    // By its clock the assertion has not expired, and the window no longer has the use.
    expect(await presentOnce(server, used)).toBe(503)
    expect(await presentOnce(server, client.sign({ exp: Math.floor(Date.now() / 1000) + 120 }))).toBe(200)
  },
)
