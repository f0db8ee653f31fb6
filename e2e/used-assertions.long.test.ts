// A million token requests with assertions of a thousand clients: no table of the embedded store has grown.
import { expect, test } from 'vitest'
import { PREDICT } from '../packages/latchkey/src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../packages/latchkey/test/a-store.ts'
import { aClientKey, aKeyCredential } from '../packages/latchkey/test/client-assertions.ts'
import { embedded, type OpenedStore } from '../packages/latchkey/test/engines.ts'
import { issueFrom } from '../packages/latchkey/test/issue-from.ts'

const CLIENTS = 1000
/** After this many rounds each issuance history has its 16 entries, and the log of issuances was emptied once. */
const FIRST_ROUNDS = 200
const ALL_ROUNDS = 1000
/** The number of simultaneous requests, and roughly the number of requests in one commit. */
const TOGETHER = 200
/** The seconds between two requests of a client. */
const PAUSE = 20

test('after a million used assertions no table is larger than after the first two hundred thousand', async () => {
  const place = await embedded.aPlace()
  const clientIds = Array.from({ length: CLIENTS }, (_, at) => `lkconstant${String(at)}`)
  const key = aClientKey('ES256')
  let used = 0

  const present = async (store: OpenedStore, clientId: string): Promise<boolean> => {
    const now = store.clock.now()
    const use = { hash: String(++used).padStart(8, '0'), exp: now + 60, signedAt: now }
    const client = { clientId, credentialId: `key_${clientId}`, use }
    return (await issueFrom(store.tokens, { ...attempt(clientId, PREDICT), client })).ok
  }
  const rounds = async (from: number, to: number): Promise<void> => {
    const store = await embedded.open(place)
    // The clock of a new process begins where the clock of the last process ended.
    store.clock.step(from * PAUSE)
    if (from === 0) await store.integrations.create(clientIds.map(withKey), [])
    for (let round = from; round < to; round++) {
      for (let at = 0; at < CLIENTS; at += TOGETHER) {
        const some = clientIds.slice(at, at + TOGETHER)
        const passed = await Promise.all(some.map((clientId) => present(store, clientId)))
        expect(passed.every(Boolean)).toBe(true)
      }
      store.clock.advance(PAUSE)
    }
    await store.close()
  }
  const withKey = (clientId: string) => {
    const { integration, ...more } = newIntegration(clientId)
    const credentials = [aKeyCredential(`key_${clientId}`, key)]
    return { ...more, integration: { ...integration, secrets: [], credentials } }
  }
  const sizes = async (): Promise<Readonly<Record<string, number>>> => {
    const rows = await embedded.query(place, 'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name')
    return Object.fromEntries(rows.map(({ name, bytes }) => [String(name), Number(bytes)]))
  }

  await rounds(0, FIRST_ROUNDS)
  const before = await sizes()
  await rounds(FIRST_ROUNDS, ALL_ROUNDS)
  const after = await sizes()
  expect(used).toBe(CLIENTS * ALL_ROUNDS)
  expect(before['replay_window']).toBeGreaterThan(CLIENTS * 12)
  for (const [name, bytes] of Object.entries(after)) {
    // The log of issuances is emptied after each hundred thousand, so its length depends on the moment of the
    // measurement.
    const limit = name === 'issuance_log' ? 2.5 : 1.2
    expect(bytes, name).toBeLessThanOrEqual((before[name] ?? 0) * limit)
  }
})
