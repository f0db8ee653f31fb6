// The change buffer, from which the feed reads, contains every acknowledged change of a slot (an integration and scope)
// in order, and no change that is not durable.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { MODEL, PREDICT, REFERENCE_SCOPES } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { runEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { systemRandom } from '../../src/system.ts'
import { TestClock } from '../a-server.ts'
import { attempt, newIntegration, TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL, unsigned } from '../a-store.ts'
import { HeldDisk } from '../bare-endpoints.ts'
import { changing, removing } from '../changing.ts'
import { embedded, type EngineUnderTest, ENGINES, type OpenedStore } from '../engines.ts'
import { FollowedTable, tableOf } from '../followed-table.ts'
import { issueFrom } from '../issue-from.ts'

const issue = async (store: Pick<OpenedStore, 'tokens'>, ...of: Parameters<typeof attempt>): Promise<string> => {
  const outcome = await issueFrom(store.tokens, attempt(...of))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token.jti
}

/** Repeatable numbers from 0 to 1, by a linear congruential generator. */
const repeatableChance = (seed: number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31

async function aFilledStore(engine: EngineUnderTest, ...clientIds: readonly string[]) {
  const store = await engine.open(await engine.aPlace())
  await store.integrations.create(
    clientIds.map((id) => newIntegration(id)),
    [],
  )
  return store
}

describe.each(ENGINES)('on $name', (engine) => {
  test('a reader can get a change as soon as it is acknowledged', async () => {
    const store = await aFilledStore(engine, 'lkone')
    const table = new FollowedTable()
    let position = table.follow(store.slotChanges, 0)
    expect(table.words()).toEqual({ [`lkone ${MODEL}`]: 'empty', [`lkone ${PREDICT}`]: 'empty' })
    const first = await issue(store, 'lkone')
    position = table.follow(store.slotChanges, position)
    expect(table.words()[`lkone ${PREDICT}`]).toBe(`live ${first}`)
    await store.tokens.revoke('lkone', PREDICT, first)
    position = table.follow(store.slotChanges, position)
    expect(table.words()[`lkone ${PREDICT}`]).toBe('revoked')
    await store.integrations.change('lkone', ...changing({ kind: 'disable' }))
    position = table.follow(store.slotChanges, position)
    expect(table.words()[`lkone ${MODEL}`]).toBe('integration_disabled')
    await store.integrations.change('lkone', ...changing({ kind: 'enable' }))
    position = table.follow(store.slotChanges, position)
    expect(table.words()).toEqual({ [`lkone ${MODEL}`]: 'empty', [`lkone ${PREDICT}`]: 'revoked' })
    await store.integrations.remove('lkone', removing)
    expect(table.follow(store.slotChanges, position)).toBe(position + 2)
    expect(table.words()).toEqual({ [`lkone ${MODEL}`]: 'revoked', [`lkone ${PREDICT}`]: 'revoked' })
    await store.close()
  })

  test('a check of an expired token is not reported as a change', async () => {
    const store = await aFilledStore(engine, 'lkone')
    await issue(store, 'lkone')
    const { position } = store.slotChanges
    store.tokens.markEnded('lkone', PREDICT, 1)
    await store.integrations.change('lkone', ...changing({ kind: 'set_resource_server', scopes: [PREDICT] }))
    expect(store.slotChanges.position).toBe(position)
    await store.close()
  })

  test('an integration that is created again with the same client ID gets higher generations than before its removal', async () => {
    const store = await aFilledStore(engine)
    const declared = { ...newIntegration('lkagain'), firstGeneration: 1000 }
    await store.integrations.create([declared], [])
    const table = new FollowedTable()
    await issue(store, 'lkagain')
    await store.integrations.remove('lkagain', removing)
    const position = table.follow(store.slotChanges, 0)
    await store.integrations.create([declared], [])
    const jti = await issue(store, 'lkagain')
    table.follow(store.slotChanges, position)
    expect(table.words()).toEqual({ [`lkagain ${MODEL}`]: 'empty', [`lkagain ${PREDICT}`]: `live ${jti}` })
    await store.close()
  })

  describe('a reader that reads all slots and then the changes since it began', () => {
    test.each([1, 2, 3])('has the current tokens, whatever changes happen during the reading (%i)', async (seed) => {
      const chance = repeatableChance(seed)
      const clientIds = Array.from({ length: 20 }, (_, i) => `lk${String(i)}`)
      const store = await aFilledStore(engine, ...clientIds)
      const one = <Of>(of: readonly Of[]): Of => of[Math.floor(chance() * of.length)] as Of
      let made = 0
      const acts: (() => Promise<unknown>)[] = [
        () => issueFrom(store.tokens, attempt(one(clientIds), one([PREDICT, MODEL]))),
        () => issueFrom(store.tokens, attempt(one(clientIds), one([PREDICT, MODEL]))),
        () => store.integrations.change(one(clientIds), ...changing({ kind: one(['disable', 'enable'] as const) })),
        () =>
          store.integrations.change(
            one(clientIds),
            ...changing({ kind: 'set_scopes', scopes: one([[PREDICT], [PREDICT, MODEL]]) }),
          ),
        () => store.integrations.remove(one(clientIds), removing),
        () => store.integrations.create([{ ...newIntegration(`lknew${String(made++)}`), firstGeneration: 5 }], []),
        () => store.integrations.create([{ ...newIntegration(one(clientIds)), firstGeneration: 5 }], []),
      ]
      const table = new FollowedTable()
      const { position } = store.slotChanges
      for await (const piece of store.slotChanges.all(4)) {
        table.put(piece)
        await Promise.all(Array.from({ length: 5 }, () => one(acts)()))
      }
      table.follow(store.slotChanges, position)
      const { rows } = await tableOf(store.slotChanges)
      for (const [name, row] of rows) expect([name, table.rows.get(name)]).toEqual([name, row])
      for (const [name, { says }] of table.rows) if (!rows.has(name)) expect([name, says]).toEqual([name, 'revoked'])
      await store.close()
    })
  })
})

// A replica on PostgreSQL also accepts the feed positions of other replicas: see feed-positions.test.ts.
test('a feed position of an embedded store is valid only in the process that made the position', async () => {
  const store = await aFilledStore(embedded, 'lkone')
  const { position } = store.slotChanges
  expect(store.slotChanges.after(position + 1, 10)).toBeUndefined()
  const place = store.slotChanges.feedPositionAt(position) ?? ''
  await issue(store, 'lkone')
  expect(await store.slotChanges.since(place)).toMatchObject({ position, pieces: [] })
  expect(await store.slotChanges.since(store.slotChanges.feedPositionAt(position + 2) ?? '')).toBe('unknown')
  await store.close()
  const other = await aFilledStore(embedded, 'lkone')
  expect(await other.slotChanges.since(place)).toBe('unknown')
  await other.close()
})

// These tests use a simulated disk. For late answers of PostgreSQL see feed-positions.test.ts.
describe('a commit with an unknown outcome', () => {
  async function aHeldStore() {
    const disk = new HeldDisk()
    const store = await runEmbeddedStore(disk, {
      clock: new TestClock(1_800_000_000),
      auditMac: TEST_AUDIT_MAC,
      backupSealing: TEST_BACKUP_SEALING,
      rowSeal: TEST_ROW_SEAL,
      defaultAudience: 'api://default',
      firstContents: {
        scopes: REFERENCE_SCOPES.map((scope) => ({ ...scope, audience: null })),
        apis: [],
        signingKeys: [],
        adminKeys: [],
      },
    })
    await store.integrations.create([newIntegration('lkone')], [])
    const ports = { signer: unsigned, issuer: 'https://issuer.test', lifetimeSeconds: 3600, random: systemRandom }
    return { disk, store: { ...store, tokens: store.slots(ports) } }
  }

  test('is not reported to readers', async () => {
    const { disk, store } = await aHeldStore()
    const first = await issue(store, 'lkone')
    const { position } = store.slotChanges
    const underWay = disk.hold()
    const second = issue(store, 'lkone')
    await underWay
    expect(store.slotChanges.position).toBe(position)
    expect((await tableOf(store.slotChanges)).words()[`lkone ${PREDICT}`]).toBe(`live ${first}`)
    disk.release()
    const jti = await second
    const table = new FollowedTable()
    table.follow(store.slotChanges, position)
    expect(table.words()).toEqual({ [`lkone ${PREDICT}`]: `live ${jti}` })
  })

  test.each(['written', 'lost'] as const)('reaches readers only when its outcome is known: %s', async (outcome) => {
    const { disk, store } = await aHeldStore()
    const first = await issue(store, 'lkone')
    const table = new FollowedTable()
    const position = table.follow(store.slotChanges, 0)
    const underWay = disk.hold()
    const refused = expect(store.integrations.change('lkone', ...changing({ kind: 'disable' }))).rejects.toThrow(
      StoreUnavailable,
    )
    await underWay
    disk.fail(outcome)
    await refused
    // The caller was not told that the integration is disabled, so readers still see a live token.
    expect((await tableOf(store.slotChanges)).words()[`lkone ${PREDICT}`]).toBe(`live ${first}`)
    disk.comeBack()
    while ((await store.integrations.find('lkone').catch(() => undefined)) === undefined) await turn()
    table.follow(store.slotChanges, position)
    expect(table.words()[`lkone ${PREDICT}`]).toBe(outcome === 'written' ? 'integration_disabled' : `live ${first}`)
  })
})
