// An assertion that was used stays used: after a restart, a kill, a clock that was set back and many other uses. On both
// engines.
import { describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { aKeyClient, present, presentOnce } from './key-client.ts'
import { aMovedClock } from './moved-clock.ts'
import { PLACES } from './places.ts'
import type { RealServer } from './real-server.ts'
import { raceOfAssertions, SINGLE_USE, wrongOutcomes } from './replicas/assertion-race.ts'

describe.each(PLACES)('on %s', (_engine, aPlace) => {
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

  test.each(SINGLE_USE)(
    'an assertion %s gets one token if four connections send it at the same moment, a hundred times',
    async (_name, clients) => {
      const server = await (await aPlace()).start()
      const outcomes = await raceOfAssertions({ servers: [server], connections: 4, clients, rounds: 100 })
      expect(outcomes).toHaveLength(100)
      expect(wrongOutcomes(outcomes)).toEqual([])
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
    // The server has dropped its record of this use. For an assertion that expires so early, the server can no longer
    // tell whether it was used.
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

      server = await place.start({ wrap: ['faketime', '-m', '-f', '+1h'] })
      const inAnHour = Math.floor(Date.now() / 1000) + 3600
      expect(await presentOnce(server, used)).toBe(401)
      expect(await presentOnce(server, client.sign({ iat: inAnHour, exp: inAnHour + 60 }))).toBe(200)
      await server.stop()

      server = await place.start()
      // By the server's clock the assertion has not expired, but the server no longer has the record of its use.
      expect(await presentOnce(server, used)).toBe(503)
      expect(await presentOnce(server, client.sign({ exp: Math.floor(Date.now() / 1000) + 120 }))).toBe(200)
    },
  )

  test.skipIf(!has('faketime'))(
    'a used assertion that has not expired is refused after the clock of the running server was set back, and after a kill',
    async () => {
      const place = await aPlace()
      const clock = aMovedClock()
      let server = await place.start({ wrap: clock.wrap })
      const client = await aKeyClient(server)
      const signed = (lifetime: number): string => client.sign({ iat: clock.now(), exp: clock.now() + lifetime })
      const used = [signed(60), signed(300)]
      for (const assertion of used) expect(await presentOnce(server, assertion)).toBe(200)
      await clock.move(server, -20)
      await expectReplayed(server, used)
      expect(await presentOnce(server, signed(60))).toBe(200)
      server.kill('SIGKILL')
      await server.exited
      server = await place.start({ wrap: clock.wrap })
      await expectReplayed(server, used)
      expect(await presentOnce(server, signed(60))).toBe(200)
    },
  )
})

/** Presents used assertions to a server that refused no assertion before. The reason of each refusal is in its log. */
async function expectReplayed(server: RealServer, used: readonly string[]): Promise<void> {
  for (const assertion of used) expect(await presentOnce(server, assertion)).toBe(401)
  const reasons = () => [...server.stderr().matchAll(/"reason":"(assertion_\w+)"/g)].map(([, reason]) => reason)
  await eventually(() => reasons().length >= used.length, { within: 10_000, what: 'the log lines of the refusals' })
  expect(reasons()).toEqual(used.map(() => 'assertion_replayed'))
}
