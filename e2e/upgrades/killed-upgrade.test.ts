// The process of an upgrade is killed at any point: the next start completes the upgrade, with the same result as an
// upgrade without a kill.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { MIGRATIONS as ON_POSTGRES } from '../../packages/latchkey/src/storage/postgres/migrations.ts'
import { MIGRATIONS as EMBEDDED } from '../../packages/latchkey/src/storage/sqlite/migrations.ts'
import { aDataFolder, aRestoredDatabase, type OldStore, RELEASES } from './fixtures.ts'
import { killEveryStart, afterEachStep, stepsInDatabase, stepsInFolder } from './kill-every-start.ts'
import { killAfterWrite, killAtSync } from './killed-server.ts'
import { schemaOfDatabase, schemaOfFolder } from './schema-of.ts'
import { ask, expectSameStore, upgraded, verdictsOf } from './upgraded-server.ts'

const nowOf = ({ known }: OldStore): number => Date.parse(known.at) / 1000

async function expectUpgraded(store: OldStore): Promise<void> {
  const server = await upgraded(store)
  expect(await verdictsOf(server, store)).toEqual(store.answers.verdicts)
  expectSameStore(await ask(server), store.answers.store)
  await server.stop()
}

test.skipIf(!has('strace')).each(RELEASES)(
  'the upgrade of a data folder of %s is completed by the next start if it was killed right before any sync of a file',
  async (release) => {
    const undisturbed = aDataFolder(release, 'killed')
    const from = stepsInFolder(undisturbed.dataDir)
    await expectUpgraded(undisturbed)
    const found = await killEveryStart(async (nth) => {
      const store = aDataFolder(release, 'killed')
      const outcome = await killAtSync({ env: store.env, now: nowOf(store) }, nth)
      const goOn = async (): Promise<void> => {
        await expectUpgraded(store)
        expect(schemaOfFolder(store.dataDir)).toEqual(schemaOfFolder(undisturbed.dataDir))
      }
      return { outcome, steps: stepsInFolder(store.dataDir), goOn }
    })
    expect(found).toEqual(expect.arrayContaining([...afterEachStep(from, EMBEDDED.length)]))
  },
)

describe.skipIf(!has('postgresql'))('a PostgreSQL database', () => {
  test.each(RELEASES)(
    'of %s whose upgrade was killed after any write is complete after the next start',
    async (release) => {
      const undisturbed = await aRestoredDatabase(release)
      const from = await stepsInDatabase(undisturbed.url)
      await expectUpgraded(undisturbed)
      const found = await killEveryStart(async (nth) => {
        const store = await aRestoredDatabase(release)
        const outcome = await killAfterWrite({ env: store.env, now: nowOf(store), url: store.url }, nth)
        const goOn = async (): Promise<void> => {
          await expectUpgraded(store)
          expect(await schemaOfDatabase(store.url)).toEqual(await schemaOfDatabase(undisturbed.url))
        }
        return { outcome, steps: await stepsInDatabase(store.url), goOn }
      })
      expect(found).toEqual(expect.arrayContaining([...afterEachStep(from, ON_POSTGRES.length)]))
    },
  )
})
