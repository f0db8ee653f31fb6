// An issuer is unreachable until the server has dropped the issuer's keys, in real time. The test shows which requests
// still work, when the others are refused, and how soon the issuer's workloads get tokens again.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { podClaims, podRule } from '../packages/latchkey/test/a-platform.ts'
import { aClientKey, signed, type TestKey } from '../packages/latchkey/test/client-assertions.ts'
import { has } from '../scripts/programs.mjs'
import { anIssuer, answers, aTrustingServer } from './an-issuer.ts'
import { underLoad } from './beside.ts'
import { accessToken, Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { createIntegration, MODEL, PREDICT } from './integrations.ts'
import { aKeyClient, present } from './key-client.ts'

const FRESH_SECONDS = 60
const STALE_SECONDS = 10
/** For this many seconds after a fetch, an unknown key causes no further fetch. */
const ASKED_SECONDS = 30
/** The pause between two requests of one kind. */
const EVERY_MS = 500
/** In seconds. The server counts whole seconds, and the test sends each kind of request every half second. */
const TOLERANCE = 2

/** The answers to one kind of request, each with the seconds since the outage began. */
class Answers {
  readonly seen: { readonly status: number; readonly after: number; readonly retryAfter: number }[] = []

  /** The statuses in their order, each with the time of its first answer. Equal statuses in a row count as one. */
  get phases(): readonly (readonly [status: number, from: number])[] {
    return this.seen
      .filter(({ status }, at) => status !== this.seen[at - 1]?.status)
      .map(({ status, after }) => [status, after] as const)
  }
}

test.skipIf(!has('openssl'))(
  'known keys work until the end of stale_seconds, then their assertions get 503 too, and requests that need no issuer continue',
  async () => {
    const issuer = await anIssuer()
    const known = aClientKey('ES256', 'first')
    const unknown = aClientKey('ES256', 'second')
    let isDown = false
    let lastFetch = performance.now()
    answers(issuer, (request, response) => {
      if (isDown) {
        request.socket.destroy()
        return
      }
      const isDiscovery = request.url === '/.well-known/openid-configuration'
      if (!isDiscovery) lastFetch = performance.now()
      const document = isDiscovery
        ? { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }
        : { keys: [{ use: 'sig', ...known.jwk }] }
      response.writeHead(200, {
        'content-type': 'application/json',
        'cache-control': `max-age=${String(FRESH_SECONDS)}`,
      })
      response.end(JSON.stringify(document))
    })
    const { server } = await aTrustingServer(issuer, {
      issuer: { platform: 'kubernetes', algorithms: ['ES256'], stale_seconds: STALE_SECONDS },
      claims: podRule('test')['claims'] as object[],
    })
    const byKey = await aKeyClient(server)
    const bySecret = await createIntegration(server)
    const resourceServer = await createIntegration(server, { resource_server: true })
    const connection = new Connection(server)
    const live = await connection.token(bySecret, MODEL)

    const pod = (key: TestKey): string => {
      const now = Math.floor(Date.now() / 1000)
      const claims = { iss: issuer.url, aud: [server.issuer], iat: now, nbf: now, exp: now + 600, ...podClaims() }
      return signed({ alg: 'ES256', kid: key.kid }, claims, key)
    }
    const requests = {
      'known key': () => present(connection, pod(known)),
      'unknown key': () => present(connection, pod(unknown)),
      'own key': () => present(connection, byKey.sign()),
      secret: () => connection.requestToken(bySecret, PREDICT),
      verification: () => connection.verify(live),
      introspection: () => connection.introspect(resourceServer, live),
    }
    const names = Object.keys(requests) as (keyof typeof requests)[]
    const seen = Object.fromEntries(names.map((name) => [name, new Answers()])) as Record<
      keyof typeof requests,
      Answers
    >
    let begunAt = Infinity
    const ask = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        for (const name of names) {
          const after = (performance.now() - begunAt) / 1000
          const { status, headers } = await requests[name]()
          seen[name].seen.push({ status, after, retryAfter: Number(headers['retry-after'] ?? 0) })
        }
        await pause(EVERY_MS)
      }
    }
    const lastOf = (name: keyof typeof requests) => seen[name].seen.at(-1)
    const until = (name: keyof typeof requests, status: number, seconds: number): Promise<unknown> =>
      eventually(() => lastOf(name)?.status === status, { within: seconds * 1000, what: `${name}: ${String(status)}` })

    expect(accessToken(await requests['known key']())).not.toBe('')
    isDown = true
    begunAt = performance.now()
    const fetchedAfter = (lastFetch - begunAt) / 1000
    let backAfter = Infinity
    let announced = 0
    await underLoad(ask, async () => {
      await until('unknown key', 503, ASKED_SECONDS + 20)
      await until('known key', 503, FRESH_SECONDS + STALE_SECONDS + 20)
      announced = lastOf('known key')?.retryAfter ?? 0
      isDown = false
      const endedAt = performance.now()
      await until('known key', 200, announced + 20)
      backAfter = (performance.now() - endedAt) / 1000
      await until('unknown key', 401, 20)
    })
    const near = (seconds: number) => [seconds - TOLERANCE, seconds + TOLERANCE] as const
    const [unknownAt, knownAt] = [
      near(fetchedAfter + ASKED_SECONDS),
      near(fetchedAfter + FRESH_SECONDS + STALE_SECONDS),
    ]
    const statusesOf = (name: keyof typeof requests) => seen[name].phases.map(([status]) => status)
    expect(statusesOf('known key')).toEqual([200, 503, 200])
    expect(statusesOf('unknown key')).toEqual([401, 503, 401])
    expectWithin(seen['unknown key'].phases[1]?.[1], unknownAt)
    expectWithin(seen['known key'].phases[1]?.[1], knownAt)
    for (const name of ['own key', 'secret', 'verification', 'introspection'] as const) {
      expect(statusesOf(name), name).toEqual([200])
    }
    const refusals = [...seen['known key'].seen, ...seen['unknown key'].seen].filter(({ status }) => status === 503)
    expect(refusals.filter(({ retryAfter }) => retryAfter < 1)).toEqual([])
    expect(backAfter).toBeLessThanOrEqual(announced + TOLERANCE)
    const events = server.stderr().matchAll(/"event":"(key_source\.\w+)"/g)
    expect([...events].map(([, event]) => event)).toEqual([
      'key_source.stale',
      'key_source.unavailable',
      'key_source.recovered',
    ])
    connection.close()
  },
)

function expectWithin(value: number | undefined, [least, most]: readonly [number, number]): void {
  expect(value).toBeGreaterThanOrEqual(least)
  expect(value).toBeLessThanOrEqual(most)
}
