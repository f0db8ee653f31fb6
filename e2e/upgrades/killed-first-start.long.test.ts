// The process of a first start is killed at any point: the next start makes a complete store.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { MIGRATIONS as ON_POSTGRES } from '../../packages/latchkey/src/storage/postgres/migrations.ts'
import { MIGRATIONS as EMBEDDED } from '../../packages/latchkey/src/storage/sqlite/migrations.ts'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { aServer, PREDICT } from '../../packages/latchkey/test/a-server.ts'
import { anEmptyDatabase } from '../../packages/latchkey/test/postgres/databases.ts'
import { killEveryStart, afterEachStep, stepsInDatabase, stepsInFolder } from './kill-every-start.ts'
import { killAfterWrite, killAtSync } from './killed-server.ts'

const NOW = 1_800_000_000
const SETTINGS = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off', LATCHKEY_SHUTDOWN_DELAY: '0' }

async function expectWhole(env: Readonly<Record<string, string>>): Promise<void> {
  const server = await aServer({ env })
  const token = await server.token(await server.integration(), PREDICT)
  expect(await server.verify(token)).toMatchObject({ status: 200 })
  await server.stop()
}

test.skipIf(!has('strace'))(
  'a data folder whose first start was killed before any sync of a file is complete after the next start',
  async () => {
    const found = await killEveryStart(async (nth) => {
      const dataDir = aFolder()
      const env = { ...SETTINGS, LATCHKEY_DATA_DIR: dataDir }
      const outcome = await killAtSync({ env, now: NOW }, nth)
      return { outcome, steps: stepsInFolder(dataDir), goOn: () => expectWhole(env) }
    })
    expect(found).toEqual(expect.arrayContaining([...afterEachStep(0, EMBEDDED.length)]))
  },
)

test.skipIf(!has('postgresql'))(
  'a PostgreSQL database whose first start was killed after any write is complete after the next start',
  async () => {
    const masterKey = Buffer.alloc(32, 5).toString('base64url')
    const found = await killEveryStart(async (nth) => {
      const url = await anEmptyDatabase()
      const env = {
        ...SETTINGS,
        LATCHKEY_DATA_DIR: aFolder(),
        LATCHKEY_DATABASE_URL: url,
        LATCHKEY_MASTER_KEY: masterKey,
      }
      const outcome = await killAfterWrite({ env, now: NOW, url }, nth)
      return { outcome, steps: await stepsInDatabase(url), goOn: () => expectWhole(env) }
    })
    expect(found).toEqual(expect.arrayContaining([...afterEachStep(0, ON_POSTGRES.length)]))
  },
)
