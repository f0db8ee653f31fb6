// Replay windows that are broken on purpose: the tests of the real ones must find each of them.
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { EMPTY_WINDOW, type PresentedUse, recordUse, type ReplayWindow } from '../../src/domain/replay-window.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { readClientKey } from '../../src/keys/client-keys.ts'
import { ASSERTION_COMMITS } from '../../src/storage/postgres/schema/assertion-commits.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { aClientKey } from '../client-assertions.ts'
import { embedded, type OpenedStore, openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

const NOW = 1_800_000_000
const CLIENT = 'lkone'

function withKey() {
  const given = readClientKey(aClientKey('ES256', 'one').jwk)
  if (!given.ok) throw new Error(given.refusal)
  const key = { kind: 'key', id: 'key_one', ...given.value, maxLifetimeSeconds: 300, endsAt: undefined } as const
  const made = newIntegration(CLIENT)
  return { ...made, integration: { ...made.integration, secrets: [], credentials: [key] } }
}

const use = (nth: number): PresentedUse => ({ hash: `use${String(nth)}`.padEnd(8), exp: NOW + 60 + nth, signedAt: NOW })

/** True if the request with this assertion got a token. */
async function passes(store: OpenedStore, presented: PresentedUse): Promise<boolean> {
  const client = { clientId: CLIENT, credentialId: 'key_one', use: presented }
  return (await issueFrom(store.tokens, { ...attempt(CLIENT, PREDICT), client })).ok
}

/** How many of 60 assertions, each sent to two servers at once, passed at both. */
async function doublesAtTwoServers(broken: (sql: string) => string): Promise<number> {
  const place = await aDatabase()
  const [one, two] = [await openReplica(place), await openReplica(place)]
  await execute(
    place,
    `SET search_path = latchkey; ${broken(ASSERTION_COMMITS).replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')}`,
  )
  await one.integrations.create([withKey()], [])
  await two.integrations.find(CLIENT)
  let doubles = 0
  for (let nth = 0; nth < 60; nth++) {
    const passed = await Promise.all([passes(one, use(nth)), passes(two, use(nth))])
    if (passed[0] && passed[1]) doubles++
  }
  await Promise.all([one.close(), two.close()])
  return doubles
}

const replaced = (sql: string, part: string, by: string): string => {
  if (!sql.includes(part)) throw new Error(`the function has no ${part}`)
  return sql.replace(part, by)
}

describe.skipIf(!has('postgresql'))('at two servers of one database', () => {
  test('the real function lets no assertion pass twice', async () => {
    expect(await doublesAtTwoServers((sql) => sql)).toBe(0)
  })

  test('a commit that does not compare the version of the window lets assertions pass twice', async () => {
    const blind = (sql: string): string =>
      replaced(
        replaced(sql, 'w.version IS DISTINCT FROM i.expect', 'false'),
        'w.client_id = i.client_id AND w.version = i.expect',
        'w.client_id = i.client_id',
      )
    expect(await doublesAtTwoServers(blind)).toBeGreaterThan(0)
  })
})

test('a window that only memory has lets an assertion pass again after a restart', async () => {
  const place = await embedded.aPlace()
  const store = await embedded.open(place)
  await store.integrations.create([withKey()], [])
  expect([await passes(store, use(1)), await passes(store, use(1))]).toEqual([true, false])
  await store.close()
  await embedded.execute(place, `UPDATE replay_window SET version = 0, watermark = 0, entries = x''`)
  const after = await embedded.open(place)
  expect(await passes(after, use(1))).toBe(true)
  await after.close()
})

test('a window without its watermark lets an assertion pass again after the clock was set back', () => {
  const later = NOW + 200
  const record = (window: ReplayWindow, nth: number, now: number): ReplayWindow | undefined => {
    const recorded = recordUse(window, use(nth), now)
    return recorded.ok ? recorded.value : undefined
  }
  const used = record(EMPTY_WINDOW, 1, NOW)
  const after = used && record(used, 150, later)
  if (after === undefined) throw new Error('a new assertion was refused')
  expect(record(after, 1, NOW)).toBeUndefined()
  expect(record({ ...after, watermark: 0 }, 1, NOW)).toBeDefined()
})
