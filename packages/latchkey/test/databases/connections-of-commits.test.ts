// What a replica does with a connection that carries a commit: when it keeps or drops the connection, and what it then
// knows about the outcome of the commit.
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { has } from '../../../../scripts/programs.mjs'
import type { DiskFailure } from '../../src/rows/disk.ts'
import { DEADLINES } from '../../src/storage/postgres/deadlines.ts'
import { PostgresDisk } from '../../src/storage/postgres/postgres-disk.ts'
import { openPromptReplica } from '../engines.ts'
import { aDatabase, atPort, execute } from '../postgres/databases.ts'
import { UNHURRIED } from '../postgres/unhurried.ts'

const SOON = { within: 60_000 }

/** Returns a store's connection to its database, and the proxy between the two. */
async function aDisk() {
  const url = await aDatabase()
  await (await openPromptReplica(url)).close()
  const cable = await layCable(Number(new URL(url).port))
  const disk = new PostgresDisk({
    url: atPort(url, cable.port),
    failover: 'asynchronous',
    replica: 'one',
    deadlines: { ...UNHURRIED, hold: DEADLINES.hold },
  })
  onTestFinished(() => disk.abandon())
  return { url, cable, disk }
}

/** Returns the outcome of a commit. */
const kindOf = (commit: Promise<void>): Promise<'done' | DiskFailure['kind']> =>
  commit.then(
    () => 'done',
    (cause: unknown) => (cause as DiskFailure).kind,
  )

describe.skipIf(!has('postgresql'))('a replica whose lease is on a new primary', () => {
  test.each([
    ['keeps a connection that already leads to the new primary', 'there', 'done'],
    ['drops a connection that leads to the old primary', 'elsewhere', 'outcome_unknown'],
  ] as const)('%s while the connection carries a commit', async (_, place, outcome) => {
    const { url, disk } = await aDisk()
    const { started } = await disk.heartbeat()
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query('SELECT pg_advisory_lock(4711, 2)')
    const committed = kindOf(disk.commit([]))
    const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`
    await eventually(async () => (await holder.query(waiting)).rowCount === 1, { ...SOON, what: 'the commit waits' })
    disk.leaveOldPrimary(place === 'there' ? started : 'at another time')
    await holder.end()
    expect(await committed).toBe(outcome)
  })
})

describe.skipIf(!has('postgresql'))('a replica that is suspended while it has the configuration locked', () => {
  test('learns that the database did not carry out its commit, if the database ended the session', async () => {
    const { url, cable, disk } = await aDisk()
    await disk.holdForCommits()
    cable.hold()
    const sessions = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'latchkey commits'`
    await eventually(async () => (await execute(url, sessions)).length === 0, { ...SOON, what: 'the session is ended' })
    const committed = kindOf(disk.commit([]))
    // The replica sent the statement before it could learn that the database had ended the session.
    setImmediate(() => {
      cable.release()
    })
    expect(await committed).toBe('not_done')
  })
})
