// Clients request tokens for one slot (a pair of integration and scope) at the same time: every client gets a token,
// one token is live, and other slots keep their tokens.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { between, oneOf, seededChance } from './chance.ts'
import { Connection } from './connection.ts'
import { violations } from './history/judge.ts'
import { checkAll } from './history/load.ts'
import { RecordedClient, type Received, Recorder, type Slot, slotName } from './history/recorder.ts'
import { changeIntegration, createIntegration, type Integration, MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { runRace } from './race-run.ts'
import { type RealServer, startServerOfSuite } from './real-server.ts'

/** The least number of tokens for a meaningful judgement. */
const MANY = 501

let server: RealServer
let resourceServer: Integration

beforeAll(async () => {
  server = await startServerOfSuite({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
  resourceServer = await createIntegration(server, { name: 'Prediction API', resource_server: true })
})
afterAll(() => server.stop())

describe('64 requests at the same time', () => {
  const situations: readonly (readonly [string, (client: RecordedClient, slot: Slot) => Promise<void>])[] = [
    ['for an integration and scope that never had a token', async () => undefined],
    ['for an integration and scope with a live token', async (client, slot) => void (await client.issue(slot))],
    [
      'right after a revocation',
      async (client, slot) => {
        const token = await client.issue(slot)
        if (token !== undefined) await client.revoke(token)
      },
    ],
  ]
  test.for(situations)(
    '%s: each request gets a token, and only the token with the highest generation is live',
    async ([, prepare]) => {
      const recorder = new Recorder()
      const slot = { integration: await createIntegration(server), scope: PREDICT }
      const clients = Array.from({ length: 64 }, () => new RecordedClient(server, recorder))
      const [first] = clients as [RecordedClient]
      await Promise.all(clients.map((client) => client.connect()))
      await prepare(first, slot)
      const before = new Set(recorder.received.keys())

      const tokens = await Promise.all(clients.map((client) => client.issue(slot)))

      const received = tokens.filter((token) => token !== undefined)
      expect(received).toHaveLength(64)
      expect(received.filter(({ jti }) => before.has(jti))).toEqual([])
      const live = await checkAll({ server, recorder, resourceServer }, [...recorder.received.values()])
      const latest = received.reduce((a, b) => (b.generation > a.generation ? b : a))
      expect(live.map(({ jti }) => jti)).toEqual([latest.jti])
      expect(violations(recorder.history)).toEqual([])
      for (const client of clients) client.close()
    },
  )
})

test('requests that issue, check, revoke, disable, enable and delete for at least 5 seconds have an order that explains every answer', async () => {
  const outcome = await runRace(server, 5000, MANY)
  expect(outcome.violations).toEqual([])
  expect(outcome.failures).toBe(0)
  expect(outcome.live).toEqual([...new Set(outcome.live)])
  expect(outcome.received).toBeGreaterThanOrEqual(MANY)
  // The store keeps a row per slot and none per token. It may grow by the audit events of changes, but not by issued
  // tokens.
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const audit = await fetch(`${server.adminUrl}/admin/v1/audit?limit=1`, { headers })
  const events = ((await audit.json()) as { items: { seq: number }[] }).items[0]?.seq ?? 0
  expect(events).toBeGreaterThan(0)
  expect(statSync(join(server.dataDir, 'latchkey.db')).size).toBeLessThan((512 + events) * 1024)
  expect(statSync(join(server.dataDir, 'latchkey.db-wal')).size).toBeLessThan(8 * 1024 * 1024)
})

test('the tokens of another scope and of another integration stay live while the token of one scope changes 100 times', async () => {
  const chance = seededChance()
  const recorder = new Recorder()
  const client = new RecordedClient(server, recorder)
  const stranger = new Connection(server)
  const integrations = [await createIntegration(server), await createIntegration(server)]
  const slots = integrations.flatMap((integration) => [PREDICT, MODEL].map((scope) => ({ integration, scope })))
  const live = new Map<string, Received>()
  const renew = async (slot: Slot): Promise<void> => {
    const token = await client.issue(slot)
    if (token !== undefined) live.set(slotName(slot), token)
  }
  for (const slot of slots) await renew(slot)

  for (let n = 0; n < 100; n++) {
    const slot = oneOf(chance, slots)
    const token = live.get(slotName(slot)) as Received
    const others = slots.filter((other) => other !== slot)
    const act = between(chance, 1, 6)
    if (act === 1) await renew(slot)
    if (act === 2) await client.revoke(token)
    if (act === 3)
      await stranger.revoke(integrations.find((other) => other !== slot.integration) as Integration, token.text)
    if (act === 4) await stranger.requestToken({ basic: 'Basic bGtub2JvZHk6d3Jvbmc=' }, slot.scope)
    if (act === 5) await stranger.requestToken(slot.integration, 'machinelearning.unknown')
    if (act === 6) {
      const doomed = await createIntegration(server)
      await stranger.token(doomed, slot.scope)
      await changeIntegration(server, doomed, oneOf(chance, ['disable', 'delete']))
    }
    const untouched = act <= 2 ? others : slots
    for (const other of untouched) {
      expect(await client.verify(live.get(slotName(other)) as Received), `act ${act}, ${slotName(other)}`).toBe('live')
    }
    if (act === 2) await renew(slot)
  }
  expect(violations(recorder.history)).toEqual([])
  client.close()
  stranger.close()
})
