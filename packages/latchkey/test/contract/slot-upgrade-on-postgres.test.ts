// The upgrade step of the PostgreSQL schema that moves each issuance history into the row of its slot (of an
// integration and scope). The step changes no value, and after the step a running server of an older version can change
// nothing.
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { encodeIssuance, NO_HISTORY, withIssuance } from '../../src/rows/issuance-history.ts'
import { MIGRATIONS } from '../../src/storage/postgres/migrations.ts'
import { execute, POSTGRES } from '../postgres/databases.ts'
import { aDatabaseAtStep, migrated } from '../postgres/older-schema.ts'

const BEFORE = 3
/** The numbers of the upgrade steps after the old schema. The first of these steps moves the history. */
const LATER = MIGRATIONS.slice(BEFORE).map(({ number }) => number)
const SLOTS = 60
const jtiOf = (n: number): string => `ffffffff-0000-4000-8000-${String(n).padStart(12, '0')}`

/**
 * The slot with number n has had n - 1 issuances. Up to four programs requested the tokens of a slot, and their names
 * contain multi-byte characters.
 */
function issuancesOf(id: number) {
  return Array.from({ length: Math.min(id - 1, 16) }, (_, index) => {
    const nth = Math.max(0, id - 17) + index
    const agents = Array.from({ length: 1 + ((id * nth) % 3) }, (_agent, at) => `agént "${String((nth + at) % 4)}" ☃`)
    const requesters = JSON.stringify(agents.map((agent) => ['2001:db8::1', agent, `sec_${String(id % 5)}`]))
    const generation = 1_800_000_000_000_001 + nth
    return {
      n: nth % 16,
      generation,
      jti: jtiOf(nth),
      issuedAt: 1_800_000_000 + nth,
      requests: 70_000 * (nth % 2),
      requesters,
    }
  })
}

/**
 * Makes the state that a server of the previous version leaves: slots with no, one and two tokens, and with 0 to 16
 * issuances.
 */
async function aStoreBeforeTheStep(version: number | undefined): Promise<string> {
  const url = await aDatabaseAtStep(BEFORE, version)
  for (let id = 1; id <= SLOTS; id++) {
    const last = 1_800_000_000_000_000 + id - 1
    const token = (generation: number) =>
      `${String(generation)}, '${jtiOf(id)}', 1800000000, 1800003600, 'api://${String(id % 4)}'`
    const none = 'NULL, NULL, NULL, NULL, NULL'
    const isLive = id > 1 && id % 5 !== 0
    const tokens = `${isLive ? token(last) : none}, ${isLive && id % 3 === 0 ? `${token(last - 1)}, 1800000030` : `${none}, NULL`}`
    const counts = [last, id - 1, isLive ? 0 : last, last - 1].join(', ')
    const issuances = issuancesOf(id).map(
      (of) =>
        `INSERT INTO ring VALUES (${String(id)}, ${String(of.n)}, ${String(of.generation)}, '${of.jti}',
          ${String(of.issuedAt)}, ${String(of.requests)}, '${of.requesters}');`,
    )
    await execute(
      url,
      `INSERT INTO slot VALUES (${String(id)}, 'lk${String(id)}', 'a.b', 1, ${String(id % 2)}, ${counts}, ${tokens});
      ${issuances.join('\n')}`,
    )
  }
  return url
}

const COLUMNS = `id, client_id, scope, granted, open, generation, issuances, revoked_generation, superseded_generation,
  live_generation, live_jti, live_issued_at, live_expires_at, live_audience, prev_generation, prev_jti, prev_issued_at,
  prev_expires_at, prev_audience, prev_until`

const slots = (url: string) => execute(url, `SELECT ${COLUMNS} FROM slot ORDER BY id`)

/**
 * Returns the rows of the tables that a server of the previous version could change, and the completed upgrade steps.
 */
const everything = async (url: string): Promise<string> => {
  const tables = [
    'slot',
    'change',
    'integration',
    'store',
    'probe',
    'replica',
    'part',
    'removed_integration',
    'migration',
  ]
  const found: unknown[] = []
  for (const table of tables) found.push(await execute(url, `SELECT * FROM ${table} ORDER BY 1`))
  return JSON.stringify(found)
}

/** The functions that a server of an older version calls to change the store, or to find out whether it may answer. */
const CALLS: Readonly<Record<string, string>> = {
  commit_slots: `commit_slots(0, 0, 'asynchronous', '{lk7}', '[{"id": 7, "expect": 1800000000000006,
    "generation": 1800000000000007, "issuances": 7, "revoked_generation": 0, "superseded_generation": 1800000000000006}]')`,
  commit_sealed_configuration: `commit_sealed_configuration(0, 'asynchronous', '[]',
    '[{"sql": "DELETE FROM slot", "values": []}]', '{}', '{}', '{}')`,
  commit_configuration: `commit_configuration(0, 'asynchronous', '[]',
    '[{"sql": "DELETE FROM slot", "values": []}]', '{}', '{}', '{}')`,
  commit_notes: `commit_notes('asynchronous', '[{"sql": "UPDATE probe SET at = now()", "values": []}]')`,
  beat: `beat('replica', 'asynchronous', '{}', 'http://127.0.0.1')`,
  move_store: `move_store('elsewhere', 'asynchronous', 1)`,
  look: `look(0, 'asynchronous', '{lk7}')`,
}

/** Opens a session as a server does. The session ends with the running test. */
async function aSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=latchkey' })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (cause: unknown) => (cause as { readonly code: unknown }).code,
  )

describe.skipIf(!has('postgresql')).each(POSTGRES)('on $name', ({ version }) => {
  test('every slot has the same values, and the database encodes its history exactly as the program does', async () => {
    const url = await aStoreBeforeTheStep(version)
    const before = await slots(url)
    expect(await migrated(url)).toEqual(LATER)
    expect(await slots(url)).toEqual(before)
    for (const { id, history, mac } of await execute(url, 'SELECT id::int, history, mac FROM slot ORDER BY id')) {
      const made = issuancesOf(Number(id)).reduce((so, one) => withIssuance(so, encodeIssuance(one)), NO_HISTORY)
      expect([id, (history as Buffer).toString('hex')]).toEqual([id, Buffer.from(made).toString('hex')])
      expect(mac).toBeNull()
    }
    const newest = await execute(url, 'SELECT id::int, last_issued_at::int AS at FROM slot ORDER BY id')
    expect(newest.map(({ at }) => at)).toEqual(newest.map(({ id }) => issuancesOf(Number(id)).at(-1)?.issuedAt ?? 0))
  })

  test('a failed upgrade step changes nothing, and the next start repeats the step', async () => {
    const url = await aStoreBeforeTheStep(version)
    await execute(url, `UPDATE ring SET jti = 'none' WHERE slot_id = 59 AND n = 3`)
    const [before, ring] = [await everything(url), await execute(url, 'SELECT * FROM ring')]
    await expect(migrated(url)).rejects.toThrow('invalid input syntax for type uuid')
    expect(await everything(url)).toBe(before)
    expect(await execute(url, 'SELECT * FROM ring')).toEqual(ring)
    await execute(url, `UPDATE ring SET jti = '${jtiOf(3)}' WHERE slot_id = 59 AND n = 3`)
    expect(await migrated(url)).toEqual(LATER)
  })

  test.each(Object.entries(CALLS))(
    'a call of %s by a server of an older version fails with the error for a read-only database, and changes nothing',
    async (_, call) => {
      const url = await aStoreBeforeTheStep(version)
      await migrated(url)
      const before = await everything(url)
      expect(await codeOf(execute(url, `SELECT ${call}`))).toBe('55000')
      expect(await everything(url)).toBe(before)
    },
  )

  test('the upgrade step waits for a commit in progress, and later commits of an older server change nothing', async () => {
    const url = await aStoreBeforeTheStep(version)
    const waiting = async (): Promise<number> =>
      Number(
        (await execute(url, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`))[0]?.['count'],
      )
    const untilWaiting = (count: number) =>
      eventually(async () => ((await waiting()) === count ? true : undefined), {
        within: 30_000,
        what: 'a lock is waited for',
      })

    const first = await aSession(url)
    await first.query(
      'BEGIN; SELECT pg_advisory_xact_lock_shared(4711, 1); UPDATE slot SET issuances = 99 WHERE id = 7',
    )
    const step = migrated(url)
    await untilWaiting(1)
    const calls: Promise<unknown>[] = []
    for (const name of ['commit_slots', 'commit_sealed_configuration', 'commit_notes', 'move_store']) {
      // Each call begins before the upgrade step is committed, so PostgreSQL runs the old body of the SQL function.
      const session = await aSession(url)
      calls.push(codeOf(session.query(`SELECT ${CALLS[name] ?? ''}`)))
      await untilWaiting(1 + calls.length)
    }
    await first.query('COMMIT')
    await step
    const after = await everything(url)
    expect(await Promise.all(calls.slice(0, 3))).toEqual(['55000', '55000', '55000'])
    await calls[3]
    expect(await everything(url)).toBe(after)
    const [slot] = await execute(url, 'SELECT issuances::int FROM slot WHERE id = 7')
    expect(slot).toEqual({ issuances: 99 })
  })
})
