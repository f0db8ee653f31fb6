// latchkey doctor --database, against real PostgreSQL servers: it says which row of the table of fail-overs holds, and
// what to change.
import { beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { aDatabase, anEmptyDatabase, execute } from '../postgres/databases.ts'
import { aLookAlike, withoutLocks } from '../postgres/a-look-alike.ts'
import { setParameter, type SynchronousPair, synchronousPair } from '../postgres/synchronous-pair.ts'
import { latchkey } from '../run-command.ts'
import { standIn } from '../unit/cli/stand-in.ts'

interface Found {
  readonly check: string
  readonly status: string
  readonly found: string
  readonly cure?: string
}

interface Diagnosis {
  readonly exitCode: number
  readonly found: Readonly<Record<string, Found>>
}

async function doctor(
  url: string,
  { failover = 'asynchronous', patroni }: { readonly failover?: string; readonly patroni?: string } = {},
): Promise<Diagnosis> {
  const env = { LATCHKEY_DATABASE_URL: url, LATCHKEY_DATABASE_FAILOVER: failover }
  const args = ['doctor', '--database', '--json', ...(patroni === undefined ? [] : ['--patroni', patroni])]
  const { exitCode, stdout } = await latchkey(args, env)
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Found[] }
  return { exitCode, found: Object.fromEntries(checks.map((finding) => [finding.check, finding])) }
}

describe.skipIf(!has('postgresql'))('latchkey doctor --database', () => {
  test('finds nothing wrong with one PostgreSQL server, and says that tokens end at a fail-over', async () => {
    const { exitCode, found } = await doctor(await aDatabase())
    expect(exitCode).toBe(0)
    expect(Object.values(found).filter(({ status }) => status !== 'ok')).toEqual([])
    expect(found).toMatchObject({
      database: { found: expect.stringMatching(/^PostgreSQL \d+.*, whose advisory locks lock$/) as string },
      primary: { found: 'this is the primary, on timeline 1' },
      'connected standbys': { found: 'none' },
      'tokens after a fail-over': { found: expect.stringContaining('all tokens from before are refused') as string },
    })
  })

  test('advises to apply the missing steps of the schema, and makes none of them', async () => {
    const url = await anEmptyDatabase()
    expect((await doctor(url)).found).toMatchObject({ schema: { status: 'advice' } })
    expect(await execute(url, `SELECT to_regnamespace('latchkey') AS made`)).toEqual([{ made: null }])
  })

  test('names a database whose advisory locks lock nothing, with exit code 6', async () => {
    const { exitCode, found } = await doctor(await aLookAlike(await anEmptyDatabase(), withoutLocks))
    expect(exitCode).toBe(6)
    expect(found).toEqual({
      database: {
        check: 'database',
        status: 'problem',
        found: 'This database server gives one advisory lock to two sessions at the same time',
        cure: expect.stringContaining('Name a PostgreSQL server in LATCHKEY_DATABASE_URL.') as string,
      },
    })
  })

  test('says that a synchronous fail-over needs a standby', async () => {
    const { exitCode, found } = await doctor(await aDatabase(), { failover: 'synchronous' })
    expect(exitCode).toBe(6)
    expect(found).toMatchObject({
      'synchronous standbys': { status: 'problem', found: expect.stringContaining('is empty') as string },
      'connected standbys': { status: 'problem', found: 'none' },
      'tokens after a fail-over': { status: 'skipped' },
    })
  })

  test('does not show the password of a URL that leads nowhere', async () => {
    const { exitCode, stdout } = await latchkey(['doctor', '--database', '--json'], {
      LATCHKEY_DATABASE_URL: 'postgres://latchkey:a-planted-password@127.0.0.1:1/latchkey',
    })
    expect(exitCode).toBe(6)
    expect(stdout).toContain('cannot reach the database (ECONNREFUSED)')
    expect(stdout).not.toContain('a-planted-password')
  })

  test('tells a user without the right to read the standbys how to get it', async () => {
    const url = await aDatabase()
    const user = `reader_${String(process.pid)}`
    await execute(url, `CREATE ROLE ${user} LOGIN`)
    await execute(url, `GRANT USAGE ON SCHEMA latchkey TO ${user}`)
    await execute(url, `GRANT SELECT ON ALL TABLES IN SCHEMA latchkey TO ${user}`)
    const { found } = await doctor(Object.assign(new URL(url), { username: user }).href)
    await execute(url, `DROP OWNED BY ${user}`)
    await execute(url, `DROP ROLE ${user}`)
    expect(found).toMatchObject({
      'connected standbys': { status: 'skipped', found: expect.stringContaining('GRANT pg_read_all_stats') as string },
    })
  })
})

describe.skipIf(!has('postgresql'))('latchkey doctor --database, with a synchronous standby,', () => {
  let pair: SynchronousPair
  beforeAll(async () => {
    pair = await synchronousPair()
    return async () => {
      await Promise.all([pair.old.remove(), pair.next.remove()])
    }
  })

  const named = async (names: string): Promise<Diagnosis> => {
    await setParameter(pair.old, `synchronous_standby_names = '${names}'`)
    return doctor(pair.old.url, { failover: 'synchronous' })
  }

  test('says that tokens stay live, if each commit waits for every standby that it may wait for', async () => {
    expect(await named('FIRST 1 (next)')).toMatchObject({
      exitCode: 0,
      found: {
        'synchronous standbys': { status: 'ok', found: expect.stringContaining('waits for all of them') as string },
        'connected standbys': { status: 'ok', found: 'next (sync, streaming, 0.0 MB behind)' },
        'tokens after a fail-over': { found: expect.stringContaining('tokens stay live') as string },
      },
    })
  })

  test.each(['ANY 1 (next, other)', 'FIRST 1 (next, other)', '*'])('advises to fence, with %s', async (names) => {
    const { found } = await named(names)
    expect(found).toMatchObject({
      'synchronous standbys': {
        status: 'advice',
        cure: expect.stringContaining('must fence the old primary') as string,
      },
    })
  })

  test('recognises a URL that leads to the standby, and judges no settings of the primary by it', async () => {
    const { exitCode, found } = await doctor(pair.next.url)
    expect(exitCode).toBe(6)
    expect(found).toMatchObject({ primary: { status: 'problem', found: 'this is a standby, which takes no writes' } })
    expect(found).not.toHaveProperty('connected standbys')
  })
})

const MEMBERS = [
  { name: 'a', role: 'leader', state: 'running', timeline: 3 },
  { name: 'b', role: 'sync_standby', state: 'streaming', timeline: 3, lag: 0 },
]

/** A REST API that answers as Patroni 4.0 does. */
const aPatroni = (cluster: object, config: object): Promise<string> =>
  standIn(({ url }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(url === '/cluster' ? cluster : config))
  })

describe.skipIf(!has('postgresql'))('latchkey doctor --database --patroni', () => {
  const STRICT = { ttl: 20, loop_wait: 5, synchronous_mode: true, synchronous_mode_strict: true }

  test('finds nothing wrong with a strict synchronous cluster whose members stream', async () => {
    const patroni = await aPatroni({ members: MEMBERS, scope: 'latchkey' }, STRICT)
    const { found } = await doctor(await aDatabase(), { failover: 'synchronous', patroni })
    expect(found).toMatchObject({
      'Patroni members': { status: 'ok', found: 'a (leader, running), b (sync_standby, streaming)' },
      'automatic fail-over by Patroni': { status: 'ok' },
      'synchronous mode of Patroni': { status: 'ok' },
    })
    expect(found).not.toHaveProperty('fencing by Patroni')
  })

  test('says that the strict mode is off, which a synchronous fail-over needs', async () => {
    const patroni = await aPatroni({ members: MEMBERS }, { synchronous_mode: true })
    const { exitCode, found } = await doctor(await aDatabase(), { failover: 'synchronous', patroni })
    expect(exitCode).toBe(6)
    expect(found).toMatchObject({ 'synchronous mode of Patroni': { status: 'problem' } })
  })

  test('advises to declare a synchronous fail-over, if the cluster is strict and the servers do not use it', async () => {
    const patroni = await aPatroni({ members: MEMBERS }, STRICT)
    const { exitCode, found } = await doctor(await aDatabase(), { patroni })
    expect(exitCode).toBe(0)
    expect(found).toMatchObject({
      'synchronous mode of Patroni': { status: 'advice' },
      'fencing by Patroni': { status: 'advice' },
    })
  })

  test('names a paused cluster and a member that cannot take over', async () => {
    const members = [...MEMBERS, { name: 'c', role: 'replica', state: 'starting' }]
    const { found } = await doctor(await aDatabase(), { patroni: await aPatroni({ members, pause: true }, STRICT) })
    expect(found).toMatchObject({
      'Patroni members': { status: 'advice', cure: expect.stringMatching(/^c cannot take over/) as string },
      'automatic fail-over by Patroni': { status: 'advice', found: 'paused' },
    })
  })

  test('names a cluster without a leader, and an address that is no Patroni', async () => {
    const url = await aDatabase()
    const members = MEMBERS.slice(1)
    const leaderless = await doctor(url, { patroni: await aPatroni({ members }, STRICT) })
    expect(leaderless).toMatchObject({ exitCode: 6, found: { 'Patroni members': { status: 'problem' } } })
    const other = await doctor(url, { patroni: await aPatroni({ hello: 'world' }, {}) })
    expect(other.found['Patroni members']?.found).toMatch(/does not answer as Patroni does/)
  })

  test.each(['http://user:secret@127.0.0.1:8008', 'http://127.0.0.1:8008/cluster', '127.0.0.1:8008'])(
    'refuses an address that is not an origin, and does not quote it',
    async (patroni) => {
      const args = ['doctor', '--database', '--patroni', patroni]
      const { exitCode, stderr } = await latchkey(args, { LATCHKEY_DATABASE_URL: await aDatabase() })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('--patroni needs an address without a path')
      expect(stderr).not.toContain('secret')
    },
  )
})
