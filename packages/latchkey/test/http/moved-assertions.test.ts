// A used assertion stays used when the store moves: by a copy to another engine, or by restoring a backup.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { freePort } from '../../../../e2e/free-port.ts'
import { has } from '../../../../scripts/programs.mjs'
import { copyStore, type StoreLocation } from '../../src/storage/transfer/copy-store.ts'
import { restoreStore } from '../../src/storage/transfer/restore-store.ts'
import { aFolder } from '../a-folder.ts'
import { PREDICT, startTestServer, TestClock, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type Sender } from '../client-assertions.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { admin } from '../postgres/replicas.ts'

interface Moving {
  readonly clock: TestClock
  readonly masterKey: string
  readonly sender: Sender
  readonly used: string
}

/** Every server of a test has the same issuer, wherever the server listens. */
const settings = async () => ({
  LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:1',
  LATCHKEY_PORT: String(await freePort()),
  LATCHKEY_SHUTDOWN_DELAY: '0',
})

async function token({ at }: TestServer, assertion: string) {
  const body = assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT })
  const answer = await fetch(`${at}/v1/token`, { method: 'POST', body })
  return { status: answer.status, retryAfter: Number(answer.headers.get('retry-after')) }
}

const signedAt = (sender: Sender, now: number): string => anAssertion(sender, { iat: now, exp: now + 60 })

/** Makes a store in `folder`, with a client that has used an assertion of its key. The server is stopped. */
async function aUsedAssertion(folder: string): Promise<Moving & { readonly backup: string }> {
  const clock = new TestClock()
  const server = await startTestServer({ env: { ...(await settings()), LATCHKEY_DATA_DIR: folder }, clock })
  const { id, clientId } = await server.integration()
  const key = aClientKey('ES256')
  await admin(server, 'POST', `/integrations/${id}/credentials`, { kind: 'key', jwk: key.jwk })
  const sender = { clientId, issuer: server.issuer, key }
  const used = signedAt(sender, clock.now())
  expect(await token(server, used)).toMatchObject({ status: 200 })
  const backup = join(aFolder(), 'latchkey.backup')
  writeFileSync(backup, Buffer.from(await (await admin(server, 'GET', '/backup')).arrayBuffer()))
  await server.stop()
  return { clock, masterKey: readFileSync(join(folder, 'master.key'), 'utf8').trim(), sender, used, backup }
}

/** Runs `act` with a server on the store at this location. */
async function on(place: StoreLocation, { clock, masterKey }: Moving, act: (server: TestServer) => Promise<void>) {
  const where =
    place.kind === 'folder'
      ? { LATCHKEY_DATA_DIR: place.path }
      : { LATCHKEY_DATA_DIR: aFolder(), LATCHKEY_DATABASE_URL: place.url }
  const server = await startTestServer({
    env: { ...(await settings()), ...where, LATCHKEY_MASTER_KEY: masterKey },
    adminKey: new Secret('not needed'),
    clock,
  })
  try {
    await act(server)
  } finally {
    await server.stop()
  }
}

const folder = (path: string) => ({ kind: 'folder', path }) as const

test.skipIf(!has('postgresql'))(
  'an assertion that was used before the store was copied is refused after the copy, on both engines',
  async () => {
    const [here, back] = [aFolder(), join(aFolder(), 'back')]
    const database = { kind: 'database', url: await aDatabase() } as const
    const moving = await aUsedAssertion(here)
    const { sender, used, clock } = moving
    await copyStore(folder(here), database, () => undefined)
    const second = signedAt(sender, clock.now())
    await on(database, moving, async (server) => {
      expect(await token(server, used)).toMatchObject({ status: 401 })
      expect(await token(server, second)).toMatchObject({ status: 200 })
    })
    await execute(database.url, 'DELETE FROM replica')
    await copyStore(database, folder(back), () => undefined)
    await on(folder(back), moving, async (server) => {
      for (const earlier of [used, second]) expect(await token(server, earlier)).toMatchObject({ status: 401 })
      expect(await token(server, signedAt(sender, clock.now()))).toMatchObject({ status: 200 })
    })
  },
)

const TARGETS: readonly { readonly name: string; readonly place: () => Promise<StoreLocation> }[] = [
  { name: 'a folder', place: () => Promise.resolve(folder(join(aFolder(), 'new'))) },
  ...(has('postgresql')
    ? [{ name: 'PostgreSQL', place: async () => ({ kind: 'database', url: await aDatabase() }) as const }]
    : []),
]

describe.each(TARGETS)('after a backup was restored to $name', ({ place }) => {
  test('the server answers earlier assertions with 503, and accepts an assertion that is signed after Retry-After', async () => {
    const moving = await aUsedAssertion(aFolder())
    const { sender, used, backup } = moving
    const to = await place()
    await restoreStore({
      ...{ file: backup, to, existing: 'refused', unsealed: 'refused' },
      judgeSeal: () => Promise.resolve(),
      judgeKey: () => Promise.resolve(),
      tell: () => undefined,
    })
    const clock = new TestClock()
    await on(to, { ...moving, clock }, async (server) => {
      // Any assertion may have been used between the backup and the restore.
      const undecided = await token(server, signedAt(sender, clock.now()))
      expect(undecided.status).toBe(503)
      expect(undecided.retryAfter).toBeGreaterThan(25)
      expect(undecided.retryAfter).toBeLessThan(40)
      clock.advance(undecided.retryAfter)
      expect(await token(server, used)).toMatchObject({ status: 503 })
      expect(await token(server, signedAt(sender, clock.now()))).toMatchObject({ status: 200 })
    })
  })
})
