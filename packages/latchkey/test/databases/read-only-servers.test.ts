// A replica whose database is read-only, or whose connections are dead. The replica answers 503 at once, and recovers
// by itself.
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { type OpenedStore, openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { startCluster, startStandby } from '../postgres/cluster.ts'
import { aDatabase, atPort, execute } from '../postgres/databases.ts'
import { setParameter } from '../postgres/synchronous-pair.ts'

/** The longest time in milliseconds until a caller gets the error. */
const AT_ONCE = 2000
/** The longest time until a replica has recovered, in milliseconds. */
const BACK_MS = 5000
/** The longest time in milliseconds until the lease has ended. The lease itself lasts two seconds. */
const LEASE_OVER_MS = 4000

async function aReplica(url: string) {
  const store = await openPromptReplica(url)
  await store.integrations.create([newIntegration('lkone')], [])
  const issue = async () => (await issueFrom(store.tokens, attempt('lkone'))).ok
  const read = async () => store.tokens.read('lkone', PREDICT)
  expect(await issue()).toBe(true)
  return { store, issue, read }
}

/** Checks that `act` fails in time because the store is unavailable. */
async function expectRefusedAtOnce(act: () => Promise<unknown>): Promise<void> {
  const took = stopwatch()
  await expect(act()).rejects.toBeInstanceOf(StoreUnavailable)
  expect(took(), 'milliseconds until the refusal').toBeLessThan(AT_ONCE)
}

const isRefusedAtOnce = (act: () => Promise<unknown>): Promise<boolean> =>
  expectRefusedAtOnce(act).then(
    () => true,
    () => false,
  )

/** Waits until `isSo` returns true. Throws if that takes longer than `soon` milliseconds. */
async function comesTrue(isSo: () => Promise<boolean>, { soon, what }: { soon: number; what: string }): Promise<void> {
  const took = stopwatch()
  await eventually(isSo, { within: 60_000, what })
  expect(took(), what).toBeLessThan(soon)
}

const goesOn = (store: OpenedStore, issue: () => Promise<boolean>): Promise<void> =>
  comesTrue(() => isBack(store, issue), { soon: BACK_MS, what: 'the replica has recovered' })

const isBack = async (store: OpenedStore, issue: () => Promise<boolean>): Promise<boolean> =>
  issue().then(
    async (isIssued) => isIssued && (await store.tokens.read('lkone', PREDICT))?.live !== undefined,
    (cause: unknown) => {
      if (cause instanceof StoreUnavailable) return false
      throw cause
    },
  )

describe.skipIf(!has('postgresql-server'))('a replica', () => {
  test('answers no request from a standby that was not promoted', async () => {
    const primary = await startCluster()
    const standby = await startStandby(primary, 'standby')
    try {
      const cable = await layCable(primary.port)
      const { store, issue, read } = await aReplica(atPort(primary.url, cable.port))
      cable.leadTo(standby.port)
      cable.cut()
      await expectRefusedAtOnce(read)
      await expectRefusedAtOnce(issue)
      await expectRefusedAtOnce(read)
      cable.leadTo(primary.port)
      cable.cut()
      await goesOn(store, issue)
      await store.close()
    } finally {
      await Promise.all([primary.remove(), standby.remove()])
    }
  })

  test('issues no token and loses its lease when its database server becomes read-only', async () => {
    const cluster = await startCluster()
    try {
      const { store, issue, read } = await aReplica(cluster.url)
      await setParameter(cluster, 'default_transaction_read_only = on')
      await expectRefusedAtOnce(issue)
      await comesTrue(() => isRefusedAtOnce(read), { soon: LEASE_OVER_MS, what: 'the lease is over' })
      await setParameter(cluster, 'default_transaction_read_only = off').catch(() => undefined)
      await goesOn(store, issue)
      await store.close()
    } finally {
      await cluster.remove()
    }
  })
})

describe.skipIf(!has('postgresql'))('one replica', () => {
  test('opens new connections if all of its connections are dead but report no error', async () => {
    const url = await aDatabase()
    const cable = await layCable(Number(new URL(url).port))
    const { store, issue, read } = await aReplica(atPort(url, cable.port))
    cable.forgetOpen()
    const took = stopwatch()
    await read().catch((cause: unknown) => {
      expect(cause).toBeInstanceOf(StoreUnavailable)
    })
    expect(took()).toBeLessThan(AT_ONCE)
    await goesOn(store, issue)
    // If the replica used a dead connection again, one of these requests would fail.
    for (let n = 0; n < 20; n++) expect(await issue()).toBe(true)
    await store.close()
  })

  test('drops the sessions that began while its database was read-only, when the database becomes writable again', async () => {
    const url = await aDatabase()
    const { store, issue, read } = await aReplica(url)
    const database = new URL(url).pathname.slice(1)
    // Sets the database read-only for later sessions, as a provider does when a disk is nearly full.
    await execute(url, `ALTER DATABASE ${database} SET default_transaction_read_only = on`)
    const others = `datname = '${database}' AND pid <> pg_backend_pid()`
    await execute(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`)
    await comesTrue(() => isRefusedAtOnce(read), { soon: LEASE_OVER_MS, what: 'the lease is over' })
    await expectRefusedAtOnce(issue)
    await execute(url, `BEGIN READ WRITE; ALTER DATABASE ${database} RESET ALL; COMMIT`)
    await goesOn(store, issue)
    await store.close()
  })
})
