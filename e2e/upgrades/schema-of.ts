// Reads the actual schema of a store, so that a test can compare two stores.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { execute } from '../../packages/latchkey/test/postgres/databases.ts'

export function schemaOfFolder(dataDir: string): unknown {
  const database = new DatabaseSync(join(dataDir, 'latchkey.db'))
  const schema = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
  database.close()
  return schema.map((row) => ({ ...row }))
}

export const schemaOfDatabase = async (url: string): Promise<unknown> => ({
  columns: await execute(
    url,
    `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
      WHERE table_schema = 'latchkey' ORDER BY table_name, column_name`,
  ),
  functions: await execute(
    url,
    `SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'latchkey'::regnamespace ORDER BY proname`,
  ),
  indexes: await execute(url, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'latchkey' ORDER BY indexdef`),
})
