// Databases whose schema ends at an earlier step, for tests of the later steps.
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { MIGRATIONS } from '../../src/storage/postgres/migrations.ts'
import { anEmptyDatabase, execute } from './databases.ts'

/** Makes a database with the steps up to `last`. It is dropped after the running test. */
export async function aDatabaseAtStep(last: number, version?: number): Promise<string> {
  const url = await anEmptyDatabase(version)
  const record = `CREATE TABLE migration (number bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
    oldest bigint NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`
  await execute(url, 'CREATE SCHEMA latchkey')
  await execute(url, record)
  for (const { number, name, checksum, oldest, sql } of MIGRATIONS.slice(0, last)) {
    const row = `(${String(number)}, '${name}', '${checksum}', ${String(oldest)})`
    await execute(url, `BEGIN; ${sql}; INSERT INTO migration (number, name, checksum, oldest) VALUES ${row}; COMMIT`)
  }
  return url
}

/** Applies the missing steps, and returns their numbers. */
export const migrated = async (url: string): Promise<readonly number[]> =>
  (await migrate(url)).map(({ number }) => number)
