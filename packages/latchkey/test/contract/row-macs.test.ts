// Each row that decides about access has a MAC, on every engine. So the server detects a change by an attacker who does
// not have the master key.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { REPLACE } from '../../src/domain/issue-mode.ts'
import type { Operator } from '../../src/domain/operator.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { Session } from '../../src/domain/session.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import type { ClientKey } from '../../src/domain/credential.ts'
import { readClientKey } from '../../src/keys/client-keys.ts'
import { changing } from '../changing.ts'
import { aClientKey } from '../client-assertions.ts'
import { attempt, newIntegration, PLAIN_CANARY } from '../a-store.ts'
import { ENGINES, type OpenedStore, openPromptReplica, openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { aRecord } from '../unit/keys/a-signing-key-record.ts'

const NOW = 1_800_000_000
const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const
const hashOf = (name: string): string => name.padEnd(32, '-')

const anOperator = (id: string, role: Operator['role']): Operator => ({
  ...{ id, email: `${id}@example.com`, role, passwordHash: undefined, disabled: false },
  ...{ version: 1, createdAt: NOW, lastSignInAt: undefined },
})
const aSession = (id: string, operatorId: string): Session => ({
  ...{ id, hash: hashOf(id), operatorId, createdAt: NOW, lastSeenAt: NOW, address: '127.0.0.1', userAgent: 'test' },
})

function aKey(id: string, kid: string): ClientKey {
  const given = readClientKey(aClientKey('ES256', kid).jwk)
  if (!given.ok) throw new Error(given.refusal)
  return { kind: 'key', id, ...given.value, maxLifetimeSeconds: 300, endsAt: undefined }
}

/** The columns of a credential, with the JWK of an attacker. */
const FORGED = `'key', '${JSON.stringify({ kid: 'forged', alg: 'ES256', jwk: aKey('', 'forged').jwk, max_lifetime: 300 })}', NULL, 1`

/** Makes one row of each kind that has a MAC. */
async function fill(store: OpenedStore): Promise<void> {
  await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
  await store.integrations.change('lktwo', ...changing({ kind: 'add_key', key: aKey('key_1', 'kept') }))
  await store.integrations.change('lktwo', ...changing({ kind: 'add_key', key: aKey('key_2', 'ended') }))
  await store.integrations.change('lktwo', ...changing({ kind: 'end_credential', credentialId: 'key_2', at: NOW }))
  const { operators, adminKeys, signingKeys } = store
  await operators.putFirstLink({ hash: hashOf('first'), operatorId: undefined, expiresAt: NOW + 60 }, [])
  const password = { hash: 'k1:owner', session: aSession('ses_1', 'opr_1'), replaced: undefined, audit: () => [] }
  await operators.createFirstOwner(hashOf('first'), anOperator('opr_1', 'owner'), password)
  const link = { hash: hashOf('second'), operatorId: 'opr_2', expiresAt: NOW + 3600 }
  await operators.invite(anOperator('opr_2', 'viewer'), link, record)
  for (const [id, role] of [
    ['adk_1', 'owner'],
    ['adk_2', 'viewer'],
  ] as const) {
    const times = { createdAt: NOW, expiresAt: undefined, revokedAt: undefined }
    await adminKeys.create({ id, name: id, role, hash: hashOf(id), loopbackOnly: false, ...times }, record)
  }
  await adminKeys.revoke('adk_2', () => record)
  const audit = () => record
  await signingKeys.change({ kind: 'sign_with', key: aRecord({ kid: 'first' }), lifetimeSeconds: 3600 }, audit)
  const substitute = aRecord({ kid: 'second' })
  await signingKeys.change({ kind: 'revoke', kid: 'first', substitute, lifetimeSeconds: 3600 }, audit)
  await issueFrom(store.tokens, attempt('lkone'))
}

describe.each(ENGINES)('on $name', (engine) => {
  let place: string
  let opened: OpenedStore | undefined
  beforeEach(async () => {
    place = await engine.aPlace()
    const store = await engine.open(place)
    await fill(store)
    await store.close()
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  const reopenAfter = async (statements: string): Promise<OpenedStore> => {
    await engine.execute(place, statements)
    return (opened = await engine.open(place))
  }

  test('a starting server refuses an integration whose setting for conditional requests was changed in the database', async () => {
    const store = await engine.open(place)
    const change = { kind: 'set_conditional', conditional: false } as const
    await store.integrations.change('lktwo', [change], { version: undefined, audit: () => record })
    await store.close()
    await (await engine.open(place)).close()
    await engine.execute(place, `UPDATE integration SET conditional = 1 WHERE client_id = 'lktwo'`)
    await expect(engine.open(place)).rejects.toThrow('integration lktwo')
  })

  test('a store opens after names and last uses were changed in the database, because no decision depends on them', async () => {
    await reopenAfter(`UPDATE integration SET name = 'other', last_used_at = 5; UPDATE session SET last_seen_at = 7`)
    expect(opened?.operators.all()).toHaveLength(2)
  })

  test.each([
    [
      'an owner who was added',
      `INSERT INTO operator (id, email, role, password_hash, disabled, version, created_at) VALUES ('opr_3', 'x@example.com', 'owner', 'x', 0, 1, 1)`,
      'operator opr_3',
    ],
    [
      'an owner who was added with the MAC of another',
      `INSERT INTO operator (id, email, role, password_hash, disabled, version, created_at, mac) SELECT 'opr_3', 'x@example.com', role, password_hash, disabled, version, created_at, mac FROM operator WHERE id = 'opr_1'`,
      'operator opr_3',
    ],
    ['a viewer who was made an owner', `UPDATE operator SET role = 'owner' WHERE id = 'opr_2'`, 'operator opr_2'],
    ['another password hash', `UPDATE operator SET password_hash = 'other' WHERE id = 'opr_1'`, 'operator opr_1'],
    ['an operator who was disabled', `UPDATE operator SET disabled = 1 WHERE id = 'opr_1'`, 'operator opr_1'],
    ['a session that was given to another operator', `UPDATE session SET operator_id = 'opr_2'`, 'session ses_1'],
    ['a link that was given to another operator', `UPDATE set_up_link SET operator_id = 'opr_1'`, 'set up link'],
    ['a link that lasts longer', `UPDATE set_up_link SET expires_at = expires_at + 1`, 'set up link'],
    ['an admin key with another role', `UPDATE admin_key SET role = 'owner' WHERE id = 'adk_2'`, 'admin key adk_2'],
    ['an admin key that is no longer revoked', `UPDATE admin_key SET revoked_at = NULL`, 'admin key adk_2'],
    [
      'a signing key that is no longer revoked',
      `UPDATE signing_key SET status = 'retired' WHERE kid = 'first'`,
      'signing key first',
    ],
    [
      'another secret',
      `UPDATE secret SET hash = (SELECT hash FROM admin_key LIMIT 1) WHERE client_id = 'lkone'`,
      'integration lkone',
    ],
    [
      'a secret that was handed to another integration',
      `UPDATE secret SET client_id = 'lktwo' WHERE client_id = 'lkone'`,
      'integration lkone',
    ],
    [
      'an integration that was disabled',
      `UPDATE integration SET enabled = 0 WHERE client_id = 'lktwo'`,
      'integration lktwo',
    ],
    [
      'an integration with other rights',
      `UPDATE integration SET resource_server_for = '${PREDICT}' WHERE client_id = 'lktwo'`,
      'integration lktwo',
    ],
    [
      'a key that was added',
      `INSERT INTO credential (id, client_id, kind, detail, ends_at, created_at) VALUES ('key_3', 'lkone', ${FORGED})`,
      'integration lkone',
    ],
    [
      'a key that was added beside another',
      `INSERT INTO credential (id, client_id, kind, detail, ends_at, created_at) VALUES ('key_3', 'lktwo', ${FORGED})`,
      'integration lktwo',
    ],
    [
      'a key with another public key',
      `UPDATE credential SET detail = replace(detail, '"x":"', '"x":"A') WHERE id = 'key_1'`,
      'integration lktwo',
    ],
    [
      'a key with another key ID',
      `UPDATE credential SET detail = replace(detail, '"kept"', '"ended"') WHERE id = 'key_1'`,
      'integration lktwo',
    ],
    [
      'a key that allows longer assertions',
      `UPDATE credential SET detail = replace(detail, ':300', ':3600') WHERE id = 'key_1'`,
      'integration lktwo',
    ],
    ['a key that ends later', `UPDATE credential SET ends_at = ends_at + 1 WHERE id = 'key_2'`, 'integration lktwo'],
    [
      'an ended key that got its public key back',
      `UPDATE credential SET ends_at = NULL, detail = (SELECT detail FROM credential WHERE id = 'key_1') WHERE id = 'key_2'`,
      'integration lktwo',
    ],
    [
      'a key that was handed to another integration',
      `UPDATE credential SET client_id = 'lkone' WHERE id = 'key_1'`,
      'integration lkone',
    ],
    ['a key that was deleted', `DELETE FROM credential WHERE id = 'key_1'`, 'integration lktwo'],
    [
      'conditions that are ignored',
      `UPDATE integration SET conditional = 0 WHERE client_id = 'lktwo'`,
      'integration lktwo',
    ],
    ['a longer grace', `UPDATE integration SET grace = 300 WHERE client_id = 'lktwo'`, 'integration lktwo'],
    [
      'a scope that was taken away',
      `UPDATE slot SET granted = 0, open = 0 WHERE client_id = 'lktwo' AND scope = '${PREDICT}'`,
      'integration lktwo',
    ],
    ['a missing MAC', `UPDATE integration SET mac = NULL WHERE client_id = 'lkone'`, 'integration lkone'],
  ])('%s is detected at the start, and the error names it', async (_what, sql, name) => {
    await engine.execute(place, sql)
    await expect(engine.open(place)).rejects.toThrow(`The ${name}`)
  })

  test('a store from a version without MACs gets MACs at one start, and after that a missing MAC counts as damage', async () => {
    const without = ['integration', 'operator', 'session', 'set_up_link', 'admin_key', 'signing_key']
    await engine.execute(place, without.map((table) => `UPDATE ${table} SET mac = NULL`).join(';'))
    // The state after a first attempt that died when some rows had got their MACs.
    await reopenAfter(
      `UPDATE store SET canary = ${engine.bytes(PLAIN_CANARY)}; UPDATE integration SET mac = ${engine.bytes(Buffer.alloc(32))} WHERE client_id = 'lkone'`,
    )
    expect(await opened?.tokens.read('lkone', PREDICT)).toMatchObject({ live: { issuedAt: NOW } })
    expect(await opened?.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    await opened?.close()
    opened = undefined
    await engine.execute(place, `UPDATE operator SET mac = NULL WHERE id = 'opr_2'`)
    await expect(engine.open(place)).rejects.toThrow('The operator opr_2')
  })
})

describe.skipIf(!has('postgresql'))('on PostgreSQL, while servers run', () => {
  test('a changed row is refused, and requests get 503 until the row is restored', async () => {
    const url = await aDatabase()
    // The replica has the deadlines of a server. So the read fails after the retry budget, when a server would answer
    // 503.
    const store = await openPromptReplica(url)
    await fill(store)
    const change = (enabled: string) =>
      execute(
        url,
        `UPDATE integration SET enabled = ${enabled}, configuration = (SELECT configuration + 1 FROM store) WHERE client_id = 'lkone'; UPDATE store SET configuration = configuration + 1`,
      )
    await change('0')
    await expect(issueFrom(store.tokens, attempt('lkone'))).rejects.toThrow(StoreUnavailable)
    await change('1')
    await expect.poll(() => issueFrom(store.tokens, attempt('lkone')), { timeout: 30_000 }).toMatchObject({ ok: true })
    await store.close()
  })

  test('a replica that starts while others change integrations reports no damage', async () => {
    const url = await aDatabase()
    const store = await openReplica(url)
    await fill(store)
    const end = new AbortController()
    const changing = (async () => {
      for (let grace = 0; !end.signal.aborted; grace = (grace + 1) % 300) {
        const changes = [
          { kind: 'set_issue_mode', mode: REPLACE, graceSeconds: grace },
          { kind: 'set_scopes', scopes: grace % 2 === 0 ? [] : [PREDICT] },
        ] as const
        await store.integrations.change('lkone', changes, { version: undefined, audit: () => record })
      }
    })()
    for (let times = 0; times < 12; times++) await (await openReplica(url)).close()
    end.abort()
    await changing
    await store.close()
  })

  test('a running server of a version without MACs can no longer change the configuration', async () => {
    const url = await aDatabase()
    await (await openReplica(url)).close()
    const requested = execute(
      url,
      `SELECT latchkey.commit_configuration(0, 'asynchronous', '[]', '[]', '{}', '{}', '{}')`,
    )
    await expect(requested).rejects.toThrow('a newer version of Latchkey has changed the schema')
  })
})
