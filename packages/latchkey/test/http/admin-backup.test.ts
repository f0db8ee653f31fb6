// GET /admin/v1/backup: a complete and consistent backup without the master key. The audit trail records each backup,
// and the server makes only one backup at a time.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Secret } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { formsOfPair, formsOfSecret, formsOfToken } from '../../../../e2e/secret-search.ts'
import { decodeHistory } from '../../src/rows/issuance-history.ts'
import { CopiedSlots } from '../../src/storage/sqlite/copied-slots.ts'
import { aFolder } from '../a-folder.ts'
import { aServer, startTestServer, type TestServer } from '../a-server.ts'
import { enlargeStore } from '../enlarged-store.ts'
import { admin, startFleet } from '../postgres/replicas.ts'

const ask = (server: TestServer, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1/backup`, {
    ...init,
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })

/** Opens the database of a backup. SQLite ignores the bytes after the database in the file. */
function opened(backup: Uint8Array): DatabaseSync {
  const file = join(aFolder(), 'backup')
  writeFileSync(file, backup)
  return new DatabaseSync(file)
}

const drafts = ({ dataDir }: TestServer) => readdirSync(dataDir).filter((name) => name.includes('backup'))

const backedUp = async (server: TestServer): Promise<Buffer> => {
  const answer = await ask(server)
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

/** Requests a backup and reads only the head of the answer. */
async function stalled(server: TestServer): Promise<IncomingMessage> {
  const request = get(`${server.adminUrl}/admin/v1/backup`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => undefined)
  return response
}

/** Makes a server whose backup is larger than all buffers between the server and a client that does not read. */
async function aLargeServer(): Promise<TestServer> {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  await (await startTestServer({ env })).stop()
  enlargeStore(join(env.LATCHKEY_DATA_DIR, 'latchkey.db'), 32)
  return aServer({ env })
}

describe('a backup', () => {
  test('is a complete database, with its length and checksum in the headers', async () => {
    const server = await aServer()
    const { clientId } = await server.integration()
    const answer = await ask(server)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="latchkey-\d{8}T\d{6}Z\.backup"$/)
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(answer.headers.get('content-length')).toBe(String(bytes.length))
    const digest = createHash('sha256').update(bytes).digest('base64')
    expect(answer.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`)
    const database = opened(bytes)
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(database.prepare('SELECT client_id FROM integration').get()).toEqual({ client_id: clientId })
    database.close()
    expect(drafts(server)).toEqual([])
  })

  test('never holds the master key, the admin key, a client secret or a token in a usable form', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const token = await server.token(integration)
    const bytes = await backedUp(server)
    const text = readFileSync(join(server.dataDir, 'master.key'), 'utf8').trim()
    const key = Buffer.from(text, 'base64url')
    const needles = [
      ...[text, key, key.toString('hex'), key.toString('base64'), ...formsOfSecret(text)],
      ...formsOfSecret(server.adminKey.reveal()),
      ...formsOfPair(integration.clientId, integration.clientSecret.reveal()),
      ...formsOfToken(token),
    ]
    expect(key).toHaveLength(32)
    expect(needles.filter((needle) => bytes.includes(needle))).toEqual([])
  })

  test('is consistent while tokens are issued: each live token is the last in its history, and no acknowledged token is missing', async () => {
    const server = await aServer()
    const integrations = await Promise.all(Array.from({ length: 8 }, () => server.integration()))
    let goesOn = true
    let latest = 0
    const issuing = integrations.map(async (integration) => {
      while (goesOn) {
        await server.token(integration)
        latest++
      }
    })
    await eventually(() => latest > 50, { within: 30_000, what: 'tokens are issued' })
    try {
      for (let round = 0; round < 5; round++) {
        const acknowledged = latest
        const database = opened(await backedUp(server))
        const slots = [...new CopiedSlots(database).rows()]
        expect(slots.reduce((sum, { issuances }) => sum + Number(issuances), 0)).toBeGreaterThanOrEqual(acknowledged)
        const newest = slots.map(({ history }) => decodeHistory(history)[0]?.generation ?? null)
        expect(newest).toEqual(slots.map((slot) => slot['live_generation']))
        database.close()
      }
    } finally {
      goesOn = false
      await Promise.all(issuing)
    }
  })

  test('is recorded in the audit trail with reader, time and checksum before its first byte is sent', async () => {
    const server = await aServer()
    const answer = await ask(server)
    const listed = (await (await admin(server, 'GET', '/audit?event=store.backed_up')).json()) as { items: unknown[] }
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(listed.items).toHaveLength(1)
    expect(listed.items[0]).toMatchObject({
      actor: { kind: 'admin_key', name: 'local key' },
      target: { kind: 'server' },
      after: {
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        made_at: expect.stringMatching(/^\d{4}-/) as unknown,
      },
    })
  })

  test('is not made if the request is HEAD', async () => {
    const server = await aServer()
    expect((await ask(server, { method: 'HEAD' })).status).toBe(404)
    const listed = await (await admin(server, 'GET', '/audit?event=store.backed_up')).json()
    expect(listed).toMatchObject({ items: [] })
  })

  test('is refused while another backup is downloaded, and possible again when that download broke off', async () => {
    const server = await aLargeServer()
    const first = await stalled(server)
    const second = await ask(server)
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ code: 'backup_under_way' })
    first.destroy()
    const bytes = await eventually(
      async () => {
        const answer = await ask(server)
        const body = Buffer.from(await answer.arrayBuffer())
        return answer.status === 200 ? body : undefined
      },
      { within: 5000, what: 'a backup after one that broke off' },
    )
    const database = opened(bytes)
    expect(database.prepare('SELECT count(*) AS n FROM ballast').get()).toEqual({ n: 32 })
    database.close()
    expect(drafts(server)).toEqual([])
  })

  test('breaks off when the key of its caller is revoked', async () => {
    const server = await aLargeServer()
    const made = await admin(server, 'POST', '/admin-keys', { name: 'Backups', role: 'owner' })
    const { id, admin_key: key } = (await made.json()) as { readonly id: string; readonly admin_key: string }
    const reading = await stalled({ ...server, adminKey: new Secret(key) })
    expect((await admin(server, 'DELETE', `/admin-keys/${id}`)).status).toBe(204)
    const whole = await Array.fromAsync(reading).then(
      () => true,
      () => false,
    )
    expect(whole).toBe(false)
  })

  test('that is being downloaded when the server stops breaks off, and the server removes its file', async () => {
    const server = await aLargeServer()
    const reading = await stalled(server)
    const begun = performance.now()
    await server.stop()
    expect(performance.now() - begun).toBeLessThan(10_000)
    await expect(Array.fromAsync(reading)).rejects.toThrow()
    expect(readdirSync(server.dataDir).sort()).toEqual(['admin.key', 'latchkey.db', 'master.key'])
  })
})

test.skipIf(!has('postgresql'))(
  'a server on PostgreSQL makes no backup, and answers how to back up its database',
  async () => {
    const fleet = await startFleet(1)
    try {
      const [server] = fleet.servers
      const answer = await ask(server as TestServer)
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({
        code: 'backed_up_elsewhere',
        detail: expect.stringContaining('pg_dump') as unknown,
      })
    } finally {
      await fleet.stop()
    }
  },
)
