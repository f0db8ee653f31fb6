// On PostgreSQL a token request does not write the last use to the row of its secret, because the issuance history
// contains the use. The row is written when a later issuance removes the use from the history.
import { dirname } from 'node:path'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { encodeHistory, encodeIssuance, usesThatGo } from '../../src/rows/issuance-history.ts'
import { copyStore } from '../../src/storage/transfer/copy-store.ts'
import { aStoreFile, attempt, newIntegration, openStore } from '../a-store.ts'
import { changing } from '../changing.ts'
import { openReplica, type OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { NO_ATTENTION } from '../used-secrets.ts'
import { aDatabase, anEmptyDatabase, execute, POSTGRES } from '../postgres/databases.ts'

const requester = fc.tuple(
  fc.constantFrom('127.0.0.1', '2001:db8::1', ''),
  fc.constantFrom('', 'curl/8', 'x'.repeat(120), 'ä"\\'),
  fc.constantFrom('sec_1', 'sec_2', 'sec_3', 'sec_4', 'sec_5'),
)
const issuance = fc.array(requester, { minLength: 1, maxLength: 3 }).map((all) => JSON.stringify(all))

const entry = (requesters: string, nth: number) => ({
  ...{ generation: nth + 1, issuedAt: 1_800_000_000 + nth, requests: 1, requesters },
  jti: `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`,
})

async function issue(store: OpenedStore, clientId: string, secretId: string, address = '127.0.0.1'): Promise<number> {
  store.clock.advance(1)
  const at = store.clock.now()
  const requester = { address, userAgent: 'test' }
  store.secrets.noteUse({ clientId, secretId, at, ...requester })
  expect(
    await issueFrom(store.tokens, { ...attempt(clientId), client: { clientId, credentialId: secretId }, requester }),
  ).toMatchObject({ ok: true })
  return at
}

async function withTwoSecrets(url: string, ...clientIds: readonly string[]): Promise<OpenedStore> {
  const store = await openReplica(url)
  await store.integrations.create(
    clientIds.map((clientId) => newIntegration(clientId)),
    [],
  )
  for (const clientId of clientIds) {
    const secret = { id: `sec_${clientId}_2`, hash: '\u00ee'.repeat(32), endsAt: undefined }
    const change = changing({ kind: 'add_secret', secret, sealed: null, origin: 'generated', previousEndAt: undefined })
    expect(await store.integrations.change(clientId, ...change)).toMatchObject({ ok: true })
  }
  return store
}

/** Returns the last uses that are in the rows of secrets. */
async function written(url: string): Promise<readonly unknown[]> {
  const rows = await execute(
    url,
    `SELECT id, last_used_at::int AS at, last_used_address AS address FROM secret
     UNION ALL SELECT client_id, last_used_at::int, last_used_address FROM integration ORDER BY id`,
  )
  return rows.map(({ id, at, address }) => [id, at, address])
}

describe.skipIf(!has('postgresql')).each(POSTGRES)('on $name', ({ version }) => {
  test('only a commit that removes a use of a secret from the issuance history writes the row of that secret', async () => {
    const url = await aDatabase(version)
    const store = await withTwoSecrets(url, 'lkone')
    const used = await issue(store, 'lkone', 'sec_lkone', '192.0.2.1')
    for (let n = 0; n < 15; n++) await issue(store, 'lkone', 'sec_lkone_2')
    expect(await written(url)).toEqual([
      ['lkone', 0, ''],
      ['sec_lkone', 0, ''],
      ['sec_lkone_2', 0, ''],
    ])
    const last = await issue(store, 'lkone', 'sec_lkone_2')
    expect(await written(url)).toEqual([
      ['lkone', used, '192.0.2.1'],
      ['sec_lkone', used, '192.0.2.1'],
      ['sec_lkone_2', 0, ''],
    ])
    // Another replica gives the same answer, although the first replica wrote no row for the use.
    const other = await openReplica(url)
    expect((await other.secrets.of('lkone')).map(({ lastUse }) => lastUse?.at)).toEqual([used, last])
    expect(await other.integrations.findByIdOrClientId('lkone')).toMatchObject({ lastUse: { at: last } })
    await other.close()
    await store.close()
  })

  test('a store that is copied from a folder lists its integrations by last use in the same order', async () => {
    const file = aStoreFile()
    const before = await openStore(file)
    const clientIds = ['lkone', 'lktwo', 'lkthree']
    await before.integrations.create(
      clientIds.map((clientId) => newIntegration(clientId)),
      [],
    )
    for (const clientId of ['lktwo', 'lkone', 'lkthree']) await issue(before, clientId, `sec_${clientId}`)
    await before.close()
    const url = await anEmptyDatabase(version)
    await copyStore({ kind: 'folder', path: dirname(file) }, { kind: 'database', url }, () => undefined)
    const store = await openReplica(url)
    const filter = { search: undefined, enabled: undefined, scope: undefined, attention: NO_ATTENTION }
    const { items } = await store.integrations.list({ ...filter, order: '-last_used', limit: 10, after: undefined })
    expect(items.map(({ state }) => state.integration.clientId)).toEqual(['lkthree', 'lkone', 'lktwo'])
    await store.close()
  })

  test('the database and the program agree about the uses that an issuance removes from the issuance history', async () => {
    const url = await aDatabase(version)
    const search = `SELECT at::int, address, agent AS "userAgent", secret_id AS credential
      FROM latchkey.uses_that_go($1, $2) ORDER BY secret_id`
    await fc.assert(
      fc.asyncProperty(fc.array(issuance, { minLength: 14, maxLength: 16 }), issuance, async (before, next) => {
        const history = encodeHistory(before.map((one, index) => entry(one, before.length - index)))
        const issued = encodeIssuance(entry(next, 17))
        const rows = await execute(url, search, [history, issued.head])
        // If several requesters used the same secret, the latest of their uses counts.
        const gone = new Map(usesThatGo(history, issued).map((use) => [use.credential, use]))
        expect(rows).toEqual([...gone.values()].toSorted((one, other) => (one.credential < other.credential ? -1 : 1)))
      }),
      { numRuns: 100 },
    )
  })

  test('commits that write last uses run one after the other, so they cannot deadlock', async () => {
    const url = await aDatabase(version)
    const store = await withTwoSecrets(url, 'lkone', 'lktwo')
    await issue(store, 'lkone', 'sec_lkone')
    for (let n = 0; n < 15; n++) await issue(store, 'lkone', 'sec_lkone_2')
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(4711, 2)')
    // The commit of a token that removes no use from the history does not wait.
    await issue(store, 'lktwo', 'sec_lktwo')
    const pushing = issue(store, 'lkone', 'sec_lkone_2')
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`
    await eventually(async () => (await execute(url, waits)).length > 0, { within: 30_000, what: 'the commit waits' })
    await other.query('COMMIT')
    await other.end()
    await pushing
    await store.close()
  })
})
