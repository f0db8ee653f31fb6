// The current program opens the stores of past releases, and all their content is unchanged.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { toBasicCredentials, Secret } from '@latchkey/protocol'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import type { Integration } from '../../packages/latchkey/src/http/contract/admin-api.ts'
import { restoreStore } from '../../packages/latchkey/src/storage/transfer/restore-store.ts'
import type { TestServer } from '../../packages/latchkey/test/a-server.ts'
import { aClientKey, anAssertion, assertionForm } from '../../packages/latchkey/test/client-assertions.ts'
import { POSTGRES, type PostgresUnderTest } from '../../packages/latchkey/test/postgres/databases.ts'
import type { StoreView } from './store-view.ts'
import { aBackup, aDataFolder, aRestoredDatabase, type OldStore, RELEASES } from './fixtures.ts'
import { ask, expectLastUses, expectSameStore, upgraded, verdictsOf, withoutUses } from './upgraded-server.ts'

interface Kind {
  readonly name: string
  readonly open: (release: string) => OldStore | Promise<OldStore>
}

const onPostgres = ({ name, version }: PostgresUnderTest): Kind => ({
  name: `a database on ${name}`,
  open: (release) => aRestoredDatabase(release, version),
})

const KINDS: readonly Kind[] = [
  { name: 'a data folder whose server was stopped', open: (release) => aDataFolder(release, 'stopped') },
  { name: 'a data folder whose server was killed', open: (release) => aDataFolder(release, 'killed') },
  ...(has('postgresql') ? POSTGRES.map(onPostgres) : []),
]

const STORES = RELEASES.flatMap((release) =>
  KINDS.map(({ name, open }) => ({ release, name, open: () => open(release) })),
)

/**
 * True for a live token whose client gets a new token for each request, without a grace period for the previous token.
 */
function isProvable({ known, answers }: OldStore, token: string, nth: number): boolean {
  if (answers.verdicts[nth]?.status !== 200) return false
  const { client_id: clientId } = decodeJwt<{ client_id: string }>(token)
  const integrations = answers.store.integrations as readonly unknown[] as readonly Integration[]
  const found = integrations.find((one) => one.client_id === clientId)
  const isKnown = known.clients.some((client) => client.clientId === clientId && client.isEnabled)
  return isKnown && found?.issue_mode.kind === 'replace' && found.grace_seconds === 0
}

/** Sends a request to the admin API with this key. */
const asAdmin = (server: TestServer, key: string, path: string, more: RequestInit = {}): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    ...more,
    headers: { authorization: `Bearer ${key}`, ...(more.headers as Record<string, string>) },
  })

const signIn = ({ adminUrl }: TestServer, email: string, password: string): Promise<Response> =>
  fetch(`${adminUrl}/admin/v1/session`, {
    method: 'POST',
    headers: { origin: adminUrl, 'x-latchkey-console': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })

describe.each(STORES)('after an upgrade from $release, $name', ({ open }) => {
  test('still accepts the tokens that were live, and refuses the other tokens for the same reasons', async () => {
    const store = await open()
    const expected = store.answers.verdicts
    expect(expected.filter(({ status }) => status === 200)).not.toEqual([])
    expect(expected.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['superseded', 'revoked']))
    expect(await verdictsOf(await upgraded(store), store)).toEqual(expected)
  })

  test('shows integrations, secrets, histories, keys and operators as before, and an audit trail that verifies', async () => {
    const store = await open()
    const { histories } = store.answers.store
    expect(Object.values(histories).some((slot) => (slot as { history: unknown[] }).history.length === 16)).toBe(true)
    expectSameStore(await ask(await upgraded(store)), store.answers.store)
  })

  test('continues its audit trail', async () => {
    const store = await open()
    const server = await upgraded(store)
    await server.integration()
    const { audit, auditCheck } = await ask(server)
    expect(audit.at(-1)).toMatchObject({ event: 'integration.created' })
    expect(auditCheck).toMatchObject({ intact: true, checked: audit.length })
  })

  test('issues tokens for every secret, also for both secrets of a rotation, and each token supersedes the token before', async () => {
    const store = await open()
    const server = await upgraded(store)
    expect(store.known.clients.some(({ secrets }) => secrets.length === 2)).toBe(true)
    for (const { name, clientId, secrets, scopes, isEnabled } of store.known.clients) {
      let last: string | undefined
      for (const secret of secrets.map((text) => new Secret(text))) {
        const client = { id: '', clientId, clientSecret: secret, basic: toBasicCredentials(clientId, secret) }
        const answer = await server.requestToken(client, scopes[0])
        expect([name, answer.status]).toEqual([name, isEnabled ? 200 : 401])
        if (!isEnabled) continue
        const { access_token: token } = (await answer.json()) as { readonly access_token: string }
        expect(await server.verify(token)).toMatchObject({ status: 200 })
        if (last !== undefined) expect(await server.verify(last)).toMatchObject({ reason: 'superseded' })
        last = token
      }
    }
  })

  test('lets a client with a live token authenticate with a key, and the new token supersedes the live token', async () => {
    const store = await open()
    const server = await upgraded(store)
    const live = store.known.tokens.find(({ token }, nth) => isProvable(store, token, nth))?.token ?? ''
    const { client_id: clientId, scope } = decodeJwt<{ client_id: string; scope: string }>(live)
    const key = aClientKey('ES256')
    const added = await asAdmin(server, store.known.adminKey, `/integrations/${clientId}/credentials`, {
      ...{ method: 'POST', body: JSON.stringify({ kind: 'key', jwk: key.jwk }) },
      headers: { 'content-type': 'application/json' },
    })
    expect(added.status).toBe(201)
    expect(await server.verify(live)).toMatchObject({ status: 200 })

    const now = Date.parse(store.known.at) / 1000
    const assertion = anAssertion({ clientId, issuer: server.issuer, key }, { iat: now, exp: now + 60 })
    const send = () =>
      fetch(`${server.at}/v1/token`, {
        method: 'POST',
        body: assertionForm(assertion, { grant_type: 'client_credentials', scope }),
      })
    const answer = await send()
    expect(answer.status).toBe(200)
    const { access_token: token } = (await answer.json()) as { readonly access_token: string }
    expect(await server.verify(token)).toMatchObject({ status: 200 })
    expect(await server.verify(live)).toMatchObject({ status: 401, reason: 'superseded' })
    expect((await send()).status).toBe(401)
    expect(await server.verify(token)).toMatchObject({ status: 200 })
    expect((await ask(server)).auditCheck).toMatchObject({ intact: true })
  })

  test('lets its operators sign in, keeps their sessions, and keeps the disabled operator out', async () => {
    const store = await open()
    const server = await upgraded(store)
    expect(new Set(store.known.operators.map(({ canSignIn }) => canSignIn))).toEqual(new Set([true, false]))
    for (const { email, password, role, canSignIn, sessions } of store.known.operators) {
      for (const session of sessions) {
        const who = await fetch(`${server.adminUrl}/admin/v1/session`, { headers: { cookie: `latchkey=${session}` } })
        expect(await who.json()).toMatchObject({ operator: { email, role } })
      }
      expect([email, (await signIn(server, email, password)).status]).toEqual([email, canSignIn ? 200 : 401])
      expect([email, (await signIn(server, email, `${password}!`)).status]).toEqual([email, 401])
    }
  })

  test('lets its operators sign in again after their password hashes were replaced by keyed hashes', async () => {
    const store = await open()
    const server = await upgraded(store)
    for (const { email, password, canSignIn } of store.known.operators) {
      if (!canSignIn) continue
      for (let times = 0; times < 2; times++) expect((await signIn(server, email, password)).status).toBe(200)
    }
  })

  test('keeps its admin keys, each with its role', async () => {
    const store = await open()
    const server = await upgraded(store)
    const body = JSON.stringify({ name: 'written.by.key' })
    for (const [index, { name, role, key, isValid }] of store.known.adminKeys.entries()) {
      const write = {
        method: 'POST',
        body: body.replace('key', String(index)),
        headers: { 'content-type': 'application/json' },
      }
      const statuses = [
        (await asAdmin(server, key, '/scopes')).status,
        (await asAdmin(server, key, '/scopes', write)).status,
        (await asAdmin(server, key, '/admin-keys')).status,
      ]
      const expected = { viewer: [200, 403, 403], editor: [200, 201, 403], owner: [200, 201, 200] }[role]
      expect([name, statuses]).toEqual([name, isValid ? expected : [401, 401, 401]])
    }
  })

  test('answers a repeated idempotency key with the integration that was created for it', async () => {
    const store = await open()
    const { key, body, integrationId } = store.known.idempotent
    const again = await asAdmin(await upgraded(store), store.known.adminKey, '/integrations', {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    })
    expect([again.status, await again.json()]).toMatchObject([200, { id: integrationId }])
  })
})

test.each(RELEASES)(
  'a data folder of %s has keyed password hashes after its operators have signed in',
  async (release) => {
    const store = aDataFolder(release, 'stopped')
    const hashes = (): readonly string[] => {
      const database = new DatabaseSync(join(store.env['LATCHKEY_DATA_DIR'] ?? '', 'latchkey.db'))
      const rows = database
        .prepare('SELECT password_hash FROM operator WHERE password_hash IS NOT NULL AND disabled = 0')
        .all()
      database.close()
      return rows.map((row) => String(row['password_hash']).slice(0, 12))
    }
    expect(hashes()).toEqual(hashes().map(() => '$argon2id$v='))
    const server = await upgraded(store)
    for (const { email, password, canSignIn } of store.known.operators)
      if (canSignIn) await signIn(server, email, password)
    await server.stop()
    expect(hashes()).toEqual(hashes().map(() => 'k1:$argon2id'))
  },
)

describe.each(RELEASES)('a backup of %s', (release) => {
  test('is restored completely, and the tokens in it have ended', async () => {
    const backup = aBackup(release)
    await restoreStore({
      file: backup.file,
      to: { kind: 'folder', path: backup.dataDir },
      existing: 'refused',
      // The version that made this backup did not seal backups.
      unsealed: 'accepted',
      judgeSeal: () => Promise.resolve(),
      judgeKey: () => Promise.resolve(),
      tell: () => undefined,
    })
    const server = await upgraded(backup)
    expect(await verdictsOf(server, backup)).toEqual(backup.answers.verdicts)
    expect(backup.answers.verdicts.map(({ status }) => status)).not.toContain(200)
    const found = await ask(server)
    expect(withoutNumbers(found)).toMatchObject(withoutNumbers(backup.answers.store))
    expectLastUses(found, backup.answers.store)
    expect(found.audit.length).toBeGreaterThanOrEqual(backup.answers.store.audit.length)
    expect(found.auditCheck).toMatchObject({ intact: true, checked: found.audit.length })
  })
})

/** Removes the number at which new tokens begin, because each restore derives it from the time of the restore. */
function withoutNumbers({ histories, ...store }: StoreView): object {
  const slots = Object.entries(histories).map(([name, slot]) => ({
    name,
    slot: { ...(slot as object), generation: 0 },
  }))
  const compared = { ...store, histories: slots, audit: undefined, auditCheck: undefined }
  return withoutUses(compared)
}
