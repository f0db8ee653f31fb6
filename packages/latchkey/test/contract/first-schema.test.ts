// A current server opens a store of the first released schema of the embedded engine without losing anything. For
// PostgreSQL see migrations.test.ts.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { aStoreFile, attempt, openStore, PLAIN_CANARY } from '../a-store.ts'
import { embedded } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { NO_ATTENTION } from '../used-secrets.ts'

const CREATED = 1_700_000_000
const JTI = '0f6a1d52-7c7e-4b6a-9d0c-5d9c4e2b8a31'

function aFileOfTheFirstSchema(): string {
  const file = aStoreFile()
  const database = new DatabaseSync(file)
  database.exec(MIGRATIONS[0] ?? '')
  database.exec('PRAGMA user_version = 1')
  database.exec(`
    UPDATE store SET canary = ${embedded.bytes(PLAIN_CANARY)};
    INSERT INTO scope VALUES ('${PREDICT}', NULL, 'api://default', 'Predictions');
    INSERT INTO api VALUES ('Prediction API', '${PREDICT}', 'Answered at once');
    INSERT INTO integration
      VALUES (1, 'int_1', 'lkone', 'Ärzte-Sync', '', 1, 3, '${PREDICT}', NULL, 0, ${String(CREATED)});
    INSERT INTO slot VALUES
      (1, 'lkone', '${PREDICT}', 1, 1, 4, 4, 0, 3, 4, '${JTI}', ${String(CREATED)}, 1800003600, 'api://default', NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO signing_key VALUES ('kid', 'ES256', 'signing', '{}', x'02', ${String(CREATED)}, NULL);
  `)
  const secret = database.prepare('INSERT INTO secret VALUES (?, ?, ?, NULL, NULL)')
  secret.run('sec_lkone', 'lkone', Buffer.alloc(32, 0xff))
  const adminKey = database.prepare('INSERT INTO admin_key VALUES (?, ?, ?, ?, ?)')
  adminKey.run('adk_1', 'local key', 'owner', Buffer.alloc(32, 1), 1)
  database.close()
  return file
}

test('a store of the first schema keeps its scopes and APIs, and its APIs get IDs', async () => {
  const store = await openStore(aFileOfTheFirstSchema())
  expect(store.catalog.scope(PREDICT)).toMatchObject({
    audience: 'api://default',
    hasDefaultAudience: true,
    version: 1,
  })
  const api = { id: expect.stringMatching(/^api_[0-9a-f]{32}$/) as string, name: 'Prediction API', scope: PREDICT }
  expect(store.catalog.apis()).toMatchObject([{ ...api, routes: [], version: 1 }])
  await store.close()
})

test('in a store of the first schema an integration is found by a part of its name, its token is live and its secret is valid', async () => {
  const store = await openStore(aFileOfTheFirstSchema())
  expect(await store.tokens.read('lkone', PREDICT)).toMatchObject({ generation: 4, live: { jti: JTI } })
  expect(await issueFrom(store.tokens, attempt('lkone'))).toMatchObject({
    ok: true,
    value: { token: { generation: 5 } },
  })
  expect(await store.integrations.findByIdOrClientId('int_1')).toMatchObject({ tags: [], updatedAt: CREATED })
  const filter = {
    search: 'Ärzte'.normalize('NFKC').toLowerCase(),
    enabled: undefined,
    scope: undefined,
    attention: NO_ATTENTION,
  }
  expect(await store.integrations.count(filter)).toMatchObject({ active: 1 })
  await store.close()
})

test('in a store of the first schema the local admin key is listed as created with the store and never used', async () => {
  const store = await openStore(aFileOfTheFirstSchema())
  const [key] = await store.adminKeys.all()
  expect(key).toMatchObject({ name: 'local key', role: 'owner', loopbackOnly: true, createdAt: CREATED })
  expect([key?.expiresAt, key?.revokedAt, key?.lastUse]).toEqual([undefined, undefined, undefined])
  expect(store.adminKeys.findByHash(Buffer.alloc(32, 1).toString('latin1'))?.id).toBe('adk_1')
  await store.close()
})
