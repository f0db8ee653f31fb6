// The schema of PostgreSQL: simultaneous starts, processes that are killed half-way, and databases of other versions.
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { migrate, schemaStatus } from '../../src/storage/postgres/migrate.ts'
import { MIGRATIONS } from '../../src/storage/postgres/migrations.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, anEmptyDatabase, execute, POSTGRES } from '../postgres/databases.ts'

describe.skipIf(!has('postgresql')).each(POSTGRES)('the schema of a store on $name', ({ version }) => {
  test('is created once when several replicas start at the same time', async () => {
    const url = await anEmptyDatabase(version)
    const made = await Promise.all(Array.from({ length: 5 }, () => migrate(url)))
    expect(made.filter((steps) => steps.length > 0)).toEqual([MIGRATIONS])
    expect((await schemaStatus(url)).pending).toEqual([])
  })

  test('is created and used by a database user whose only right is to create objects in the database', async () => {
    const url = await anEmptyDatabase(version)
    const role = `plain_${String(process.pid)}`
    const { pathname } = new URL(url)
    await execute(
      url,
      `CREATE ROLE ${role} LOGIN NOSUPERUSER; GRANT CREATE ON DATABASE ${pathname.slice(1)} TO ${role}`,
    )
    onTestFinished(() => execute(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`).then(() => undefined))
    const plain = Object.assign(new URL(url), { username: role }).href
    const store = await openReplica(plain)
    await store.integrations.create([newIntegration('lkone')], [])
    const issued = await issueFrom(store.tokens, attempt('lkone'))
    expect(issued.ok && (await store.tokens.read('lkone', PREDICT))?.live).toEqual(issued.ok && issued.value.token)
    await store.close()
  })

  test('is not changed by a command that only reads the state of the store', async () => {
    const url = await anEmptyDatabase(version)
    expect((await schemaStatus(url)).pending).toEqual(MIGRATIONS)
    expect(await execute(url, `SELECT to_regnamespace('latchkey') AS made`)).toEqual([{ made: null }])
  })

  test('is completed by the next program if the previous program died during the first step', async () => {
    const url = await anEmptyDatabase(version)
    await execute(url, 'CREATE SCHEMA latchkey')
    expect(await migrate(url)).toEqual(MIGRATIONS)
  })

  test('can be used while another program hangs in a later upgrade step', async () => {
    const url = await aDatabase(version)
    const hanging = new pg.Client({ connectionString: url })
    await hanging.connect()
    await hanging.query('SELECT pg_advisory_lock(4711, 0)')
    const store = await openReplica(url)
    await store.close()
    await hanging.end()
  })

  test('is not created in a database whose encoding cannot store every name', async () => {
    const url = await anEmptyDatabase(version)
    const name = `latin_${String(process.pid)}`
    await execute(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
    onTestFinished(() => execute(url, `DROP DATABASE ${name}`).then(() => undefined))
    await expect(migrate(Object.assign(new URL(url), { pathname: `/${name}` }).href)).rejects.toThrow(/LATIN1.*UTF8/)
  })

  test('can be used by this version if a later version only added something to the schema', async () => {
    const url = await aDatabase(version)
    await execute(url, `INSERT INTO migration VALUES (99, 'adds a column', 'later', 1)`)
    expect((await schemaStatus(url)).pending).toEqual([])
  })

  test('is refused by this version if a later version removed something from the schema', async () => {
    const url = await aDatabase(version)
    await execute(url, `INSERT INTO migration VALUES (99, 'drops a column', 'later', 99)`)
    await expect(migrate(url)).rejects.toThrow('Start the newer version')
  })

  test('is refused if a released upgrade step was edited', async () => {
    const url = await aDatabase(version)
    await execute(url, `UPDATE migration SET checksum = 'edited' WHERE number = 1`)
    await expect(schemaStatus(url)).rejects.toThrow('Step 1 (first schema)')
  })
})
