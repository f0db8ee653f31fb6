// The last use of each secret is right, although issuing a token does not write the use to the row of the secret.
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { safeToRetire, type UsedCredential } from '../../src/domain/safe-to-retire.ts'
import type { LastUse } from '../../src/ports/integrations.ts'
import { newIntegration } from '../a-store.ts'
import { removing } from '../changing.ts'
import { embedded, ENGINES, type OpenedStore } from '../engines.ts'
import {
  aStoreWithSecrets,
  CLIENTS,
  FOLD_AFTER,
  listed,
  openUsedStore,
  requestToken,
  secretOf,
  SECRETS,
} from '../used-secrets.ts'

const DAY = 86_400

const who = { client: fc.constantFrom(...CLIENTS), secret: fc.constantFrom(...SECRETS) }
const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1')
// The first request after a start, before the server has read the issuance histories. `nothing`: further uses come
// first.
const firstRead = fc.constantFrom('list' as const, 'details' as const, 'nothing' as const)
const step = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('token' as const),
      ...who,
      address,
      scope: fc.constantFrom(PREDICT, MODEL),
    }),
  },
  // Enough issuances that only every other secret stays in the issuance history.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('tokens' as const),
      ...who,
      address,
      scope: fc.constantFrom(PREDICT, MODEL),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('check' as const), ...who, address }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), firstRead }) },
)
const withKills = fc.oneof(
  { weight: 20, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), firstRead }) },
)

/** A model of the right last uses. A kill of the server may lose a use that did not lead to an issuance. */
class Model {
  readonly #durable = new Map<string, LastUse>()
  readonly #noted = new Map<string, LastUse>()

  use(secretId: string, use: LastUse, isDurable: boolean): void {
    this.#noted.delete(secretId)
    if (isDurable) this.#durable.set(secretId, use)
    else this.#noted.set(secretId, use)
  }

  close(): void {
    for (const [id, use] of this.#noted) this.#durable.set(id, use)
    this.#noted.clear()
  }

  kill(): void {
    this.#noted.clear()
  }

  of(secretId: string): LastUse | undefined {
    return this.#noted.get(secretId) ?? this.#durable.get(secretId)
  }

  /** Returns the last use of any secret of the client. */
  ofClient(client: string): LastUse | undefined {
    const uses = SECRETS.map((which) => this.of(secretOf(client, which))).filter((use) => use !== undefined)
    return uses.toSorted((one, other) => one.at - other.at).at(-1)
  }

  /** Returns the clients with a stored last use, the most recently used client first. */
  get order(): readonly string[] {
    const at = (client: string) =>
      Math.max(...SECRETS.map((which) => this.#durable.get(secretOf(client, which))?.at ?? 0))
    return CLIENTS.toReversed().toSorted((one, other) => at(other) - at(one))
  }
}

let copies = 0

/** Copies the files in the state in which a killed process would leave them. */
function afterKill(file: string): string {
  const folder = join(dirname(file), String(copies++))
  mkdirSync(folder)
  const copy = join(folder, 'latchkey.db')
  for (const end of ['', '-wal', '-wal-length']) copyFileSync(file + end, copy + end)
  return copy
}

async function expectAsModel(store: OpenedStore, model: Model, first: 'list' | 'details' = 'details'): Promise<void> {
  const checks = { details: expectDetails, list: expectOrder }
  await checks[first](store, model)
  await checks[first === 'list' ? 'details' : 'list'](store, model)
}

async function expectOrder(store: OpenedStore, model: Model): Promise<void> {
  expect(await listed(store)).toEqual(model.order)
}

async function expectDetails(store: OpenedStore, model: Model): Promise<void> {
  for (const clientId of CLIENTS) {
    const records = await store.secrets.of(clientId)
    const expected = records.map(({ id }) => ({ id, lastUse: model.of(id) }))
    expect(records).toMatchObject(expected)
    expect(records.map(({ lastUse }) => lastUse === undefined)).toEqual(
      expected.map(({ lastUse }) => lastUse === undefined),
    )
    const seen = records.map((record): UsedCredential => ({
      ...record,
      isEnabled: true,
      lastUsedAt: record.lastUse?.at,
    }))
    const reported = records.map((record): UsedCredential => ({
      ...record,
      isEnabled: true,
      lastUsedAt: model.of(record.id)?.at,
    }))
    const verdicts = (secrets: readonly UsedCredential[]) =>
      secrets.map((secret) =>
        safeToRetire(
          secret,
          secrets.filter((other) => other !== secret),
          store.clock.now() + DAY,
        ),
      )
    expect(verdicts(seen)).toEqual(verdicts(reported))
    const found = (await store.integrations.findByIdOrClientId(clientId))?.lastUse
    expect(found && { at: found.at, address: found.address, userAgent: found.userAgent }).toEqual(
      model.ofClient(clientId),
    )
  }
}

test.each(ENGINES)(
  'on $name, after any uses and kills, the last use of each secret and the order by last use are right',
  { timeout: 120_000 },
  async (engine) => {
    // The files of PostgreSQL cannot be copied like this, so the test does not kill a server on PostgreSQL.
    const kinds = engine === embedded ? withKills : step
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { minLength: 20, maxLength: 60 }), async (steps) => {
        let file = await engine.aPlace()
        let store = await aStoreWithSecrets(engine, file)
        const model = new Model()
        const reopen = async (at: string): Promise<void> => {
          const now = store.clock.now()
          await store.close()
          file = at
          store = await openUsedStore(engine, file)
          store.clock.advance(now - store.clock.now())
        }
        for (const one of steps) {
          switch (one.kind) {
            case 'token':
            case 'tokens':
              for (let n = one.kind === 'token' ? 1 : 17; n > 0; n--) {
                const use = await requestToken(store, one.client, one.secret, one.scope, one.address)
                model.use(secretOf(one.client, one.secret), use, true)
              }
              break
            case 'check': {
              store.clock.advance(1)
              const use = { at: store.clock.now(), address: one.address, userAgent: 'test' }
              const secretId = secretOf(one.client, one.secret)
              store.secrets.noteUse({ clientId: one.client, secretId, ...use })
              model.use(secretId, use, false)
              break
            }
            case 'restart':
              await reopen(file)
              model.close()
              break
            case 'kill':
              await reopen(afterKill(file))
              model.kill()
              break
          }
          if ('firstRead' in one) {
            if (one.firstRead !== 'nothing') await expectAsModel(store, model, one.firstRead)
          } else await expectAsModel(store, model)
        }
        await store.close()
      }),
      { numRuns: engine === embedded ? 5 : 3 },
    )
  },
)

test('the row of a secret gets its last use only when an issuance removes the use from the issuance history', async () => {
  const file = await embedded.aPlace()
  const store = await aStoreWithSecrets(embedded, file)
  const used = await requestToken(store, 'lkone', 'first', PREDICT, '192.0.2.1')
  for (let n = 1; n < FOLD_AFTER; n++) await requestToken(store, 'lkone', 'second', PREDICT, '192.0.2.2')
  // The log of issuances contains the use, so every read includes the use, although the last 16 issuances in the
  // history do not.
  expect((await store.secrets.of('lkone'))[0]).toMatchObject({ lastUse: used })
  expect(await writtenIn(afterKill(file))).toEqual([
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0],
  ])
  await requestToken(store, 'lkone', 'second', PREDICT, '192.0.2.2')
  expect(await writtenIn(afterKill(file))).toEqual([
    [used.at, 0, 0, 0, 0, 0],
    [used.at, 0, 0],
  ])
  expect((await store.secrets.of('lkone'))[0]).toMatchObject({ lastUse: used })
  await store.close()
})

/** Returns the last uses that are stored in the rows of secrets and integrations. */
const writtenIn = (file: string) =>
  Promise.all(
    ['secret', 'integration'].map(async (table) => {
      const rows = await embedded.query(
        file,
        `SELECT last_used_at AS at FROM ${table} ORDER BY client_id = 'lkone' DESC, id`,
      )
      return rows.map(({ at }) => at)
    }),
  )

test.each(ENGINES)('a use of a secret during the commit of a token is not lost: $name', async (engine) => {
  const store = await aStoreWithSecrets(engine, await engine.aPlace())
  const requested = requestToken(store, 'lkone', 'first', PREDICT, '192.0.2.1')
  store.clock.advance(1)
  const later = { at: store.clock.now(), address: '192.0.2.2', userAgent: 'introspection' }
  store.secrets.noteUse({ clientId: 'lkone', secretId: secretOf('lkone', 'first'), ...later })
  await requested
  expect((await store.secrets.of('lkone'))[0]).toMatchObject({ lastUse: later })
  await store.close()
})

test.each(ENGINES)(
  'a new integration with the client ID of a removed integration has no last use: $name',
  async (engine) => {
    const store = await aStoreWithSecrets(engine, await engine.aPlace())
    await requestToken(store, 'lkone', 'first', PREDICT, '192.0.2.1')
    await requestToken(store, 'lkthree', 'first', PREDICT, '192.0.2.1')
    await store.integrations.remove('lkthree', removing)
    await store.integrations.create([newIntegration('lkfour')], [])
    expect(await listed(store)).toEqual(['lkone', 'lkfour', 'lktwo'])
    expect(await store.integrations.findByIdOrClientId('lkfour')).toMatchObject({ lastUse: undefined })
    await store.close()
  },
)
