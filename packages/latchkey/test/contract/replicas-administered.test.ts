// Operators change a store through several of its replicas.
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { AdminKey } from '../../src/domain/admin-key.ts'
import { DEADLINES } from '../../src/storage/postgres/deadlines.ts'
import { PostgresDisk } from '../../src/storage/postgres/postgres-disk.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { aFaultyConnection } from '../postgres/faulty-connection.ts'
import { UNHURRIED } from '../postgres/unhurried.ts'

const NOW = 1_800_000_000
const MICROSECONDS = 1_000_000
const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const

describe.skipIf(!has('postgresql'))('at two replicas', () => {
  test('simultaneous removals of old audit events remove each event once, and leave the chain of the later events intact', async () => {
    const { one, two } = await pair()
    const events = 1700
    for (let made = 0; made < events; made += 100)
      await one.auditTrail.append(Array.from({ length: 100 }, () => record))
    const before = (await one.auditTrail.verify(undefined)).toSeq
    const removed = await Promise.all([one, two, one, two].map(({ auditTrail }) => auditTrail.prune(NOW + 1)))
    const { fromSeq, ...report } = await two.auditTrail.verify(undefined)
    expect(report).toMatchObject({ intact: true })
    // The clock of the test stands still, so the events about the removals are as old as the removed events.
    expect(fromSeq).toBeGreaterThan(before)
    expect(removed.reduce((sum, each) => sum + each, 0)).toBe(fromSeq - 1)
    await Promise.all([one.close(), two.close()])
  })

  test('a use of a session at one replica extends the session at the other', async () => {
    const { one, two } = await pair()
    const [code, cookie] = ['code'.padEnd(32, '-'), 'cookie'.padEnd(32, '-')]
    await one.operators.putFirstLink({ hash: code, operatorId: undefined, expiresAt: NOW + 60 }, [])
    await one.operators.createFirstOwner(
      code,
      {
        ...{ id: 'opr_1', email: 'owner@example.com', role: 'owner', passwordHash: undefined, disabled: false },
        ...{ version: 1, createdAt: NOW, lastSignInAt: undefined },
      },
      {
        ...{ hash: 'hash', replaced: undefined, audit: () => [record] },
        session: {
          ...{ id: 'ses_1', hash: cookie, operatorId: 'opr_1', createdAt: NOW, lastSeenAt: NOW },
          ...{ address: '127.0.0.1', userAgent: 'test' },
        },
      },
    )
    await two.current()
    one.sessions.noteUse('ses_1', NOW + 25 * 60)
    await one.close()
    two.clock.advance(40 * 60)
    await two.current()
    expect(two.sessions.findByHash(cookie)?.session.lastSeenAt).toBe(NOW + 25 * 60)
    expect(two.sessions.of('opr_1')).toHaveLength(1)
    await two.close()
  })

  test('the last use of an admin key is its latest use at any replica', async () => {
    const { one, two } = await pair()
    await one.adminKeys.create(anAdminKey, record)
    const use = { address: '192.0.2.1', userAgent: 'test' }
    two.adminKeys.noteUse(anAdminKey.id, { at: NOW + 20, ...use })
    await two.close()
    expect(await one.adminKeys.all()).toMatchObject([{ lastUse: { at: NOW + 20 } }])
    one.adminKeys.noteUse(anAdminKey.id, { at: NOW + 10, ...use })
    await one.close()
    const three = await openReplica(one.url)
    expect(await three.adminKeys.all()).toMatchObject([{ lastUse: { at: NOW + 20 } }])
    await three.close()
  })

  test('a client ID that is created again gets tokens with higher generations, even at a replica whose clock is slow', async () => {
    const { one, two } = await pair()
    await one.integrations.create([{ ...newIntegration('lkone'), firstGeneration: NOW * MICROSECONDS }], [])
    await issueFrom(one.tokens, attempt('lkone'))
    const before = await one.tokens.read('lkone', PREDICT)
    await one.integrations.remove('lkone', { version: undefined, audit: record })
    const three = await openReplica(one.url)
    await three.integrations.create([{ ...newIntegration('lkone'), firstGeneration: (NOW - 600) * MICROSECONDS }], [])
    const after = await three.tokens.read('lkone', PREDICT)
    expect(after?.generation).toBeGreaterThan(before?.generation ?? Infinity)
    await Promise.all([one.close(), two.close(), three.close()])
  })

  test('a move of the store to another database ends every token, even if the clock was a year ahead at the previous move', async () => {
    const { one, two, url } = await pair()
    await Promise.all([one.close(), two.close()])
    const inAYear = (Date.now() + 365 * 86_400_000) * 1000
    await execute(url, `UPDATE store SET floor = ${String(inAYear)}, configuration = ${String(inAYear)}`)
    const before = await openReplica(url)
    await before.integrations.create([newIntegration('lkone')], [])
    for (let issued = 0; issued < 5; issued++) await issueFrom(before.tokens, attempt('lkone'))
    await before.close()
    await execute(url, `UPDATE store SET place = '1:00000001'`)
    const after = await openReplica(url)
    expect((await after.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    await after.close()
  })

  test('one replica issues and checks tokens while operators constantly change the configuration at the other replica', async () => {
    const { one, two } = await pair()
    await one.integrations.create([newIntegration('lkone')], [])
    const ends: boolean[] = []
    const changes = Promise.all(
      ['a', 'b', 'c', 'd'].map(async (letter) => {
        for (let made = 0; ends.length === 0; made++) {
          await one.integrations.create([newIntegration(`lk${letter}${String(made)}`)], [record])
        }
      }),
    )
    await two.integrations.find('lkone')
    for (let requested = 0; requested < 15; requested++) {
      const issued = await issueFrom(two.tokens, attempt('lkone'))
      expect((await two.tokens.read('lkone', PREDICT))?.live).toEqual(issued.ok && issued.value.token)
    }
    ends.push(true)
    await changes
    await Promise.all([one.close(), two.close()])
  })

  test.each(['holdConfiguration', 'holdForCommits'] as const)(
    'a replica that hangs while it has locked the configuration (%s) delays changes at the other replica only for a moment',
    async (hold) => {
      const { one, two, url } = await pair()
      await one.integrations.create([newIntegration('lkone')], [])
      await two.tokens.read('lkone', PREDICT)
      // The test holds the lock longer than a server would. So the second change must wait for the lock, even if the
      // machine is busy.
      const still = new PostgresDisk({
        url,
        failover: 'asynchronous',
        replica: 'still',
        deadlines: { ...UNHURRIED, hold: 3000 },
      })
      await still[hold]()
      const change = one.integrations.create([newIntegration('lktwo')], [])
      const isWaiting = async () =>
        (await execute(url, `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0
      await eventually(isWaiting, { within: 30_000, what: 'the change waits' })
      expect(await issueFrom(two.tokens, attempt('lkone'))).toMatchObject({ ok: true })
      await change
      // With the deadlines of a server, the waiting change succeeds before its caller would get a 503.
      expect(DEADLINES.hold * 2).toBeLessThan(DEADLINES.retryBudget)
      await Promise.all([still.abandon(), one.close(), two.close()])
    },
  )

  test('checks are answered while operators run slow queries at the same replica', async () => {
    const url = await aDatabase()
    const connection = await aFaultyConnection(url, 'SELECT history')
    const [one, two] = [await openReplica(url), await openReplica(connection.url)]
    await one.integrations.create([newIntegration('lkone')], [])
    await two.tokens.read('lkone', PREDICT)
    const held = Promise.withResolvers<void>()
    connection.next({ loss: 'wait', meanwhile: () => held.promise })
    const looks = Promise.allSettled([1, 2, 3].map(() => two.slotViews.history('lkone', PREDICT)))
    for (const kind of ['disable', 'enable', 'disable'] as const) {
      await one.integrations.change('lkone', ...changing({ kind }))
      expect((await two.tokens.read('lkone', PREDICT))?.open).toBe(kind === 'enable')
    }
    expect(connection.unmet).toBe(0)
    held.resolve()
    await looks
    await Promise.all([one.close(), two.close()])
  })
})

const anAdminKey: AdminKey = {
  ...{ id: 'adk_1', name: 'one', role: 'owner', hash: 'h'.repeat(32), loopbackOnly: false, createdAt: NOW },
  ...{ expiresAt: undefined, revokedAt: undefined },
}

async function pair() {
  const url = await aDatabase()
  const one = await openReplica(url)
  return { url, one: { ...one, url }, two: await openReplica(url) }
}
