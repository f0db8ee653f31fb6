// A server of the previous version runs under load while a current server upgrades the database. The old server does
// not support the new schema, so from then on it must issue, change and accept nothing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { aServer, PREDICT } from '../../packages/latchkey/test/a-server.ts'
import { anEmptyDatabase, execute, POSTGRES } from '../../packages/latchkey/test/postgres/databases.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { anOldServer, type OldServer } from './old-server.ts'

/** The last version whose schema has the table `ring`. */
const BEFORE = '0.1.0-68ca949'
const CALLERS = 4
const WITHIN = 60_000

interface Caller {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly basic: string
  /** The statuses of the old server's answers, in the order of the requests. */
  readonly statuses: number[]
  /** The tokens that the old server issued. */
  readonly tokens: string[]
}

async function aCaller(old: OldServer, key: string, name: string): Promise<Caller> {
  const answer = await fetch(`${old.adminUrl}/admin/v1/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, scopes: [PREDICT] }),
  })
  const made = (await answer.json()) as { id: string; client_id: string; client_secret: string }
  const clientSecret = new Secret(made.client_secret)
  const basic = toBasicCredentials(made.client_id, clientSecret)
  return { id: made.id, clientId: made.client_id, clientSecret, basic, statuses: [], tokens: [] }
}

const tokenUrl = (old: OldServer): string => `${old.issuer}/v1/token?grant_type=client_credentials&scope=${PREDICT}`

/** Sends one request after the other until `isOver` returns true. */
async function keepRequesting(old: OldServer, caller: Caller, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const answer = await fetch(tokenUrl(old), { method: 'POST', headers: { authorization: caller.basic } })
    const body = (await answer.json()) as { readonly access_token?: string }
    caller.statuses.push(answer.status)
    if (body.access_token !== undefined) caller.tokens.push(body.access_token)
  }
}

/** Returns the rows that decide about tokens, and the audit trail. The heartbeats of running servers are left out. */
async function contents(url: string): Promise<unknown> {
  const tables = ['slot', 'integration', 'secret', 'change', 'part', 'store', 'signing_key', 'audit', 'admin_key']
  const found: unknown[] = []
  for (const table of tables) found.push(await execute(url, `SELECT * FROM ${table} ORDER BY 1`))
  return found
}

describe.skipIf(!has('postgresql')).each(POSTGRES)('on $name', ({ version }) => {
  test('an old server under load answers 503 after a new server has upgraded the database, and no token that it issued is lost', async () => {
    const url = await anEmptyDatabase(version)
    const dataDir = aFolder()
    const env = {
      LATCHKEY_PUBLIC_URL: 'https://auth.example.com',
      LATCHKEY_AUTH_SERVER_ID: 'upgraded',
      LATCHKEY_DATABASE_URL: url,
      LATCHKEY_MASTER_KEY: Buffer.alloc(32, 'master key').toString('base64url'),
      LATCHKEY_SIGNING_ALG: 'ES256',
      LATCHKEY_DEMO: 'off',
      LATCHKEY_LOG_LEVEL: 'error',
      LATCHKEY_SHUTDOWN_DELAY: '0',
    }
    const old = await anOldServer(BEFORE, { ...env, LATCHKEY_DATA_DIR: dataDir })
    const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
    const callers: Caller[] = []
    for (let n = 0; n < CALLERS; n++) callers.push(await aCaller(old, key, `Caller ${String(n)}`))

    let isOver = false
    const load = Promise.all(callers.map((caller) => keepRequesting(old, caller, () => isOver)))
    onTestFinished(async () => {
      isOver = true
      await load
    })
    const untilEach = (what: string, isSo: (caller: Caller) => boolean) =>
      eventually(() => callers.every(isSo), { within: WITHIN, what })
    await untilEach('each caller has tokens', ({ tokens }) => tokens.length > 20)

    const server = await aServer({
      env: {
        ...env,
        LATCHKEY_LOG_LEVEL: 'silent',
        LATCHKEY_PORT: String(await freePort()),
        LATCHKEY_DATA_DIR: aFolder(),
      },
      adminKey: new Secret(key),
    })
    const counts = new Map(callers.map((caller) => [caller, caller.statuses.length]))
    const before = await contents(url)
    await untilEach('each caller was refused', (caller) => caller.statuses.length > 3 + (counts.get(caller) ?? 0))
    const change = await fetch(`${old.adminUrl}/admin/v1/integrations/${callers[0]?.id ?? ''}/disable`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    })
    expect(change.status).toBe(503)
    expect(await old.readiness()).toBe(503)
    const [{ tokens: [aToken = ''] = [] } = {}] = callers
    const verdict = await fetch(`${old.issuer}/v1/verify?scope=${PREDICT}`, {
      headers: { authorization: `Bearer ${aToken}` },
    })
    expect(verdict.status).toBe(503)
    isOver = true
    await load
    expect(await contents(url)).toEqual(before)

    for (const caller of callers) {
      const { statuses, tokens } = caller
      // Every answer is a token until the database is upgraded, and 503 from then on.
      expect(statuses.map((status) => (status === 200 ? 200 : 503))).toEqual(statuses)
      expect(statuses.lastIndexOf(200)).toBe(tokens.length - 1)
      expect(await server.verify(tokens.at(-1) ?? '')).toMatchObject({ status: 200 })
      expect(await server.verify(tokens.at(-2) ?? '')).toMatchObject({ status: 401, reason: 'superseded' })
      const next = await server.token(caller)
      expect(await server.verify(tokens.at(-1) ?? '')).toMatchObject({ reason: 'superseded' })
      expect(await server.verify(next)).toMatchObject({ status: 200 })
    }
  })
})
