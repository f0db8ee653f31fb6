// Clients issue, check and revoke tokens and operators disable and enable the integration, at three replicas at once.
// Every history (requests with their answers) is linearizable, and the checker finds the faults of broken servers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { type Chance, seededChance } from '../../../../e2e/chance.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { type OpenedStore, openReplica } from '../engines.ts'
import { Recorder } from '../history/history.ts'
import { type Commits, isLinearizable } from '../history/linearizable.ts'
import { threeLossyReplicas } from '../history/lossy-replicas.ts'
import { printedHistory } from '../history/printed-history.ts'
import { randomHistory } from '../history/random-history.ts'
import { type Build, ReplicaHistory } from '../history/replica-history.ts'
import { aDatabase, databaseOfSuite, type TestDatabase } from '../postgres/databases.ts'
import { aFaultyConnection } from '../postgres/faulty-connection.ts'

let database: TestDatabase | undefined
let replicas: readonly OpenedStore[] = []
let chance: Chance
beforeAll(async () => {
  if (!has('postgresql')) return
  chance = seededChance()
  database = await databaseOfSuite()
  const { url } = database
  replicas = [await openReplica(url), ...(await Promise.all([openReplica(url), openReplica(url)]))]
}, 60_000)
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()))
  await database?.drop()
}, 60_000)

const isExplained = async (build: Build): Promise<boolean> =>
  isLinearizable(await randomHistory(chance, replicas as readonly [OpenedStore, ...OpenedStore[]], { build }))

/** Fails with the printed history if no order of its operations explains the answers. */
const expectLinearizable = (recorder: Recorder, commits?: Commits): void => {
  expect(isLinearizable(recorder.operations, commits), printedHistory(recorder)).toBe(true)
}

/** A broken variant that answers later checks from its first read. */
const cachedVerdict: Build = (slots) => {
  let seen: ReturnType<Slots['read']> | undefined
  return { ...slots, read: (clientId, scope) => (seen ??= slots.read(clientId, scope)) }
}

/** A broken variant in which a check waits for a read that was sent before the check arrived. */
const joiningReads: Build = (slots) => {
  let inFlight: ReturnType<Slots['read']> | undefined
  return {
    ...slots,
    read: (clientId, scope) =>
      (inFlight ??= Promise.resolve(slots.read(clientId, scope)).then(async (slot) => {
        for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
        inFlight = undefined
        return slot
      })),
  }
}

/**
 * A broken variant that first checks whether the given token is live, and later ends the live token, even if that is
 * another token by then.
 */
const carelessRevocation: Build = (slots) => ({
  ...slots,
  revoke: async (clientId, scope, jti) => {
    if ((await slots.read(clientId, scope))?.live?.jti !== jti) return false
    for (let i = 0; i < 400; i++) await new Promise((resolve) => setImmediate(resolve))
    const now = (await slots.read(clientId, scope))?.live?.jti
    return now === undefined ? false : slots.revoke(clientId, scope, now)
  },
})

describe.skipIf(!has('postgresql'))('three replicas', () => {
  test('produce linearizable histories', async () => {
    for (let n = 0; n < 40; n++) {
      const recorder = new Recorder()
      await randomHistory(chance, replicas as readonly [OpenedStore, ...OpenedStore[]], { recorder })
      expectLinearizable(recorder)
    }
  }, 60_000)

  test('produce linearizable histories if every fifth commit or its answer is lost or late', async () => {
    const lossy = await threeLossyReplicas(chance, 'commit_slot_batch')
    let unanswered = 0
    for (let n = 0; n < 25; n++) {
      const recorder = lossy.newRecorder()
      const operations = await randomHistory(chance, lossy.replicas, { recorder })
      unanswered += operations.filter(({ outcome }) => outcome.kind === 'unanswered').length
      expectLinearizable(recorder, 'some_lost')
    }
    console.info(`${String(lossy.lost)} commits lost, ${String(unanswered)} acts without an answer`)
    expect(lossy.lost).toBeGreaterThan(20)
    await lossy.close()
  }, 120_000)

  test('produce a linearizable history if a token is stored and superseded before its commit gets an answer', async () => {
    const url = await aDatabase()
    const connection = await aFaultyConnection(url)
    const behind = [await openReplica(connection.url), await openReplica(url)] as const
    const recorder = new Recorder()
    const acts = await ReplicaHistory.begin(behind, { recorder })
    await acts.issue(1)
    const [first = ''] = acts.tokens
    const meanwhile = async (): Promise<void> => {
      expect(await acts.check(1, first)).toEqual({ kind: 'dead' })
      expect(await acts.issue(1)).toMatchObject({ kind: 'issued' })
    }
    connection.next({ loss: 'answer', meanwhile })
    expect(await acts.issue(0)).toMatchObject({ kind: 'adopted' })
    await acts.checkAll(0, 1)
    expectLinearizable(recorder, 'some_lost')
    await Promise.all(behind.map((replica) => replica.close()))
  })

  test.each([
    ['remember a verdict', cachedVerdict],
    ['let a check join a read that is under way', joiningReads],
    ['revoke without comparing', carelessRevocation],
  ])(
    'break the promise, and the test notices, if they %s',
    async (_title, build) => {
      let isCaught = false
      for (let n = 0; n < 200 && !isCaught; n++) isCaught = !(await isExplained(build))
      expect(isCaught).toBe(true)
    },
    120_000,
  )
})
