// If PostgreSQL does not answer the commit of a change, every replica takes over the state in the database.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { MODEL } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { type OpenedStore, openPromptReplica } from '../engines.ts'
import { aDatabase } from '../postgres/databases.ts'

const SOON = { within: 30_000 }
const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const
const HASH = 'key'.padEnd(32, '-')

/**
 * Returns the state at one replica: whether the integration is enabled, the scope exists and the admin key is valid.
 */
const asSeenAt = async ({ integrations, catalog, adminKeys }: OpenedStore) => {
  const isEnabled = (await integrations.find('lkone'))?.integration.enabled
  const key = adminKeys.findByHash(HASH)
  return { isEnabled, hasScope: catalog.scope(MODEL) !== undefined, isKeyGood: key?.revokedAt === undefined }
}

describe.skipIf(!has('postgresql'))('changes whose commit timed out', () => {
  test.each([
    ['carried out after that', { isEnabled: true, hasScope: false, isKeyGood: false }],
    ['never carried out', { isEnabled: false, hasScope: true, isKeyGood: true }],
  ] as const)(
    'have the state of the database if the commit was %s',
    async (outcome, found) => {
      const url = await aDatabase()
      const store = await openPromptReplica(url)
      await store.integrations.create([newIntegration('lkone')], [])
      await store.integrations.change('lkone', ...changing({ kind: 'disable' }))
      await store.adminKeys.create(
        {
          ...{ id: 'adk_1', name: 'key', role: 'viewer', hash: HASH },
          ...{ loopbackOnly: false, createdAt: 0, expiresAt: undefined, revokedAt: undefined },
        },
        record,
      )
      const holder = new pg.Client({ connectionString: url })
      await holder.connect()
      await holder.query('SELECT pg_advisory_lock(4711, 1)')
      const given = await Promise.allSettled([
        store.integrations.change('lkone', ...changing({ kind: 'enable' })),
        store.catalogAdministration.deleteScope(MODEL, 'end_uses', { version: undefined, audit: () => [record] }),
        store.adminKeys.revoke('adk_1', () => record),
      ])
      for (const each of given) expect(each.status === 'rejected' && each.reason).toBeInstanceOf(StoreUnavailable)
      if (outcome === 'never carried out') await holder.query(END_WAITING)
      await holder.query('SELECT pg_advisory_unlock(4711, 1)')
      await holder.end()
      const other = await openPromptReplica(url)
      for (const replica of [store, other]) {
        // While the outcome of a commit is unknown, the replica reports no state of the changed records.
        expect(
          await eventually(() => asSeenAt(replica).catch(onlyUnavailable), { ...SOON, what: 'an answer' }),
        ).toEqual(found)
      }
      await store.integrations.change('lkone', ...changing({ kind: 'disable' }))
      expect(await asSeenAt(other)).toMatchObject({ isEnabled: false })
      await Promise.all([store.close(), other.close()])
    },
    60_000,
  )
})

const END_WAITING = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`

function onlyUnavailable(cause: unknown): undefined {
  if (!(cause instanceof StoreUnavailable)) throw cause
}
