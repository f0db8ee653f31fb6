// Client assertions at two real servers of one PostgreSQL database: each is used once, and no honest client is refused.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aDatabase, execute } from '../../packages/latchkey/test/postgres/databases.ts'
import { declareStandby, synchronousPair } from '../../packages/latchkey/test/postgres/synchronous-pair.ts'
import { accessToken, type Answer, Connection } from '../connection.ts'
import { eventually } from '../eventually.ts'
import { adminRequest, MODEL, PREDICT } from '../integrations.ts'
import { claimsOf } from '../history/recorder.ts'
import { addKey, aKeyClient, type KeyClient, present, presentOnce } from '../key-client.ts'
import { raceOfAssertions, SINGLE_USE, wrongOutcomes } from './assertion-race.ts'
import { layCable } from './cable.ts'
import { type Replica, startFleet } from './fleet.ts'

type TwoReplicas = readonly [Replica, Replica]

const twoReplicas = async (url: string): Promise<TwoReplicas> =>
  (await startFleet({ databases: [url, url] })) as unknown as TwoReplicas

/** Sends the assertions at the same time, one half to each server. */
async function presentAtOnce(servers: TwoReplicas, assertions: readonly string[]): Promise<readonly Answer[]> {
  const connections = assertions.map((_, nth) => new Connection(servers[nth % 2] as Replica))
  const answers = await Promise.all(
    connections.map((connection, nth) => present(connection, assertions[nth] as string)),
  )
  for (const connection of connections) connection.close()
  return answers
}

const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length

const several = (client: KeyClient, count: number, exp?: number): readonly string[] =>
  Array.from({ length: count }, () => client.sign(exp === undefined ? {} : { exp }))

describe.skipIf(!has('postgresql'))('at two servers of one database', () => {
  test.each(SINGLE_USE)(
    'an assertion %s gets one token if both servers receive it twice at the same moment, a hundred times',
    async (_name, clients) => {
      const servers = await twoReplicas(await aDatabase())
      const outcomes = await raceOfAssertions({ servers, connections: 2, clients, rounds: 100 })
      expect(outcomes).toHaveLength(100)
      expect(wrongOutcomes(outcomes)).toEqual([])
    },
  )

  test('64 assertions that one client sends at once all get a token, and one token is live', async () => {
    const replicas = await twoReplicas(await aDatabase())
    const client = await aKeyClient(replicas[0])
    const answers = await presentAtOnce(replicas, several(client, 64))
    expect(countOf(answers, 200)).toBe(64)
    const connection = new Connection(replicas[1])
    // A server that lost the race may answer with the token of the other server. It signs the same claims again, and
    // each ES256 signature is different.
    const live = new Set<string>()
    for (const text of new Set(answers.map(accessToken))) {
      if ((await connection.verify(text)).status === 200) live.add(claimsOf(text).jti)
    }
    expect(live.size).toBe(1)
    connection.close()
  })

  test('of 300 assertions that end in one second, 256 get a token, and the others get 503 with Retry-After', async () => {
    const replicas = await twoReplicas(await aDatabase())
    const client = await aKeyClient(replicas[0])
    const exp = Math.floor(Date.now() / 1000) + 60
    const answers = await presentAtOnce(replicas, several(client, 300, exp))
    expect([countOf(answers, 200), countOf(answers, 503)]).toEqual([256, 44])
    const refused = answers.filter(({ status }) => status === 503)
    expect(new Set(refused.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1']))
    const later = await presentAtOnce(replicas, several(client, 2, exp + 1))
    expect(countOf(later, 200)).toBe(2)
  })

  test('a client that requests two scopes at both servers is never refused', async () => {
    const replicas = await twoReplicas(await aDatabase())
    const client = await aKeyClient(replicas[0])
    const pairs = replicas.flatMap((replica) =>
      [PREDICT, MODEL].map((scope) => ({ scope, at: new Connection(replica) })),
    )
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(pairs.map(({ scope, at }) => present(at, client.sign(), scope)))
      expect(countOf(answers, 200), `round ${round}`).toBe(4)
    }
    for (const { at } of pairs) at.close()
  })

  test('a request whose key ends while the request waits for the database is refused, and its assertion stays unused', async () => {
    const url = await aDatabase()
    const [here, there] = await twoReplicas(url)
    const client = await aKeyClient(here)
    const { id } = client.integration
    expect(await presentOnce(here, client.sign())).toBe(200)
    const assertion = client.sign()
    const lock = new pg.Client({ connectionString: url })
    await lock.connect()
    try {
      const waiting = async (count: number): Promise<true | undefined> => {
        const { rows } = await lock.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
        return rows.length >= count || undefined
      }
      // The commit that ends the key and the commit of the token request take this lock, in the order in which they
      // begin.
      await lock.query('SELECT pg_advisory_lock(4711, 1)')
      const ended = adminRequest(there, 'POST', `/${id}/credentials/${client.keyId}/end`, '{}')
      await eventually(() => waiting(1), { within: 10_000, what: 'the end of the key waits' })
      const answer = presentOnce(here, assertion)
      await eventually(() => waiting(2), { within: 10_000, what: 'the request waits' })
      await lock.query('SELECT pg_advisory_unlock(4711, 1)')
      expect((await ended).status).toBe(200)
      expect(await answer).toBe(401)
    } finally {
      await lock.end()
    }
    await addKey(there, client.integration, { jwk: client.key.jwk })
    expect([await presentOnce(there, assertion), await presentOnce(here, assertion)]).toEqual([200, 401])
  })
})

describe.skipIf(!has('postgresql-server'))('when the database moves to its synchronous standby', () => {
  test('an assertion that was used right before the move is refused, and a new assertion gets a token', async () => {
    const { old, next } = await synchronousPair()
    try {
      const cable = await layCable(old.port)
      const url = old.url.replace(String(old.port), String(cable.port))
      const [replica] = (await startFleet({
        databases: [url],
        env: { LATCHKEY_DATABASE_FAILOVER: 'synchronous' },
      })) as [Replica]
      const client = await aKeyClient(replica)
      const used = client.sign({ exp: Math.floor(Date.now() / 1000) + 300 })
      expect(await presentOnce(replica, used)).toBe(200)
      await old.stop('immediate')
      await next.promote()
      await declareStandby(next)
      cable.leadTo(next.port)
      cable.cut()
      const refusals: number[] = []
      const isBack = async (): Promise<boolean> => {
        refusals.push(await presentOnce(replica, used))
        return (await presentOnce(replica, client.sign())) === 200
      }
      await eventually(isBack, { within: 60_000, what: 'a token from the new primary' })
      refusals.push(await presentOnce(replica, used))
      expect(refusals.filter((status) => status !== 401 && status !== 503)).toEqual([])
      expect(refusals.at(-1)).toBe(401)
      // The new primary has every used assertion, so the server refused no new assertion as a precaution.
      expect(await execute(next.url, 'SELECT floor::text FROM store')).toEqual([{ floor: '0' }])
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })
})
