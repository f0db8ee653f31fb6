// Databases in which one SQL statement is broken. Each breaks the promise of one live token, and the checker of
// histories finds the fault. The unchanged database passes the same tests.
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { beside } from '../../../../e2e/beside.ts'
import { seededChance } from '../../../../e2e/chance.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { eventually } from '../../../../e2e/eventually.ts'
import { openPromptReplica } from '../engines.ts'
import { isLinearizable } from '../history/linearizable.ts'
import { randomHistory } from '../history/random-history.ts'
import { ReplicaHistory } from '../history/replica-history.ts'
import { changeSentence, onUpdateOfSlot } from '../postgres/broken-functions.ts'
import { startCluster } from '../postgres/cluster.ts'
import { aDatabase, atPort } from '../postgres/databases.ts'
import { declareStandby, synchronousPair } from '../postgres/synchronous-pair.ts'

describe.skipIf(!has('postgresql'))(
  'a statement of a paused replica that arrives after other replicas have issued',
  () => {
    /** True if some order of the operations explains all answers. */
    async function isExplained(url: string): Promise<boolean> {
      const cable = await layCable(Number(new URL(url).port))
      const replicas = [await openPromptReplica(atPort(url, cable.port)), await openPromptReplica(url)] as const
      const acts = await ReplicaHistory.begin(replicas)
      await acts.issue(0)
      const late = acts.issue(0, () => {
        cable.hold()
      })
      await beside(late, async () => {
        for (let n = 0; n < 3; n++) await acts.issue(1)
      })
      cable.release()
      expect(await late).toMatchObject({ kind: 'issued' })
      const newcomer = await openPromptReplica(url)
      acts.join(newcomer)
      await acts.checkAll(0, 1, 2)
      await Promise.all([...replicas, newcomer].map((replica) => replica.close()))
      return isLinearizable(acts.operations)
    }

    test('is decided by the token that is live when the statement arrives', async () => {
      expect(await isExplained(await aDatabase())).toBe(true)
    })

    test('would leave two live tokens if it did not compare the live token', async () => {
      const url = await aDatabase()
      await changeSentence(
        url,
        'commit_slot_batch',
        /greatest\(s\.generation, st\.floor\) = i\.expect AS won/,
        'true AS won',
      )
      expect(await isExplained(url)).toBe(false)
    })
  },
)

describe.skipIf(!has('postgresql'))('three replicas', () => {
  test('accept an ended token or refuse a live one if the database deletes and inserts a row in place of updating it', async () => {
    const url = await aDatabase()
    await onUpdateOfSlot(
      url,
      `DELETE FROM slot WHERE id = OLD.id; INSERT INTO slot SELECT NEW.*;
      INSERT INTO change (slot_id) VALUES (NEW.id); RETURN NULL;`,
    )
    const replicas = [await openPromptReplica(url), await openPromptReplica(url), await openPromptReplica(url)] as const
    const chance = seededChance()
    let isCaught = false
    for (let n = 0; n < 200 && !isCaught; n++) isCaught = !isLinearizable(await randomHistory(chance, replicas))
    await Promise.all(replicas.map((replica) => replica.close()))
    expect(isCaught).toBe(true)
  })
})

describe.skipIf(!has('postgresql-server'))('a power cut of the database right after a token was acknowledged', () => {
  async function isExplained(change: (url: string) => Promise<void>): Promise<boolean> {
    // The server keeps a commit that does not wait for the disk in memory for up to 10 seconds.
    const cluster = await startCluster(['wal_writer_delay=10s'])
    try {
      const cable = await layCable(cluster.port)
      const store = await openPromptReplica(atPort(cluster.url, cable.port))
      await change(cluster.url)
      const acts = await ReplicaHistory.begin([store])
      await acts.issue(0)
      await acts.issue(0)
      // The proxy holds the traffic back. Otherwise a later commit of the replica could flush the earlier commits to
      // the disk.
      cable.hold()
      await cluster.stop('immediate')
      await cluster.start()
      cable.release()
      const newcomer = await openPromptReplica(cluster.url)
      acts.join(newcomer)
      await acts.checkAll(1)
      await Promise.all([store.close(), newcomer.close()])
      return isLinearizable(acts.operations)
    } finally {
      await cluster.remove()
    }
  }

  test('keeps the token live', async () => {
    expect(await isExplained(() => Promise.resolve())).toBe(true)
  })

  test('would make the superseded token live again if commits did not wait for the disk', async () => {
    const unwaited = (url: string) =>
      onUpdateOfSlot(url, `PERFORM set_config('synchronous_commit', 'off', true); RETURN NEW;`)
    expect(await isExplained(unwaited)).toBe(false)
  })
})

describe.skipIf(!has('postgresql-server'))('a replica that stays on the old primary after a fail-over', () => {
  /**
   * Returns two results: the verdict of the old replica on a token that the new primary superseded, and whether some
   * order of the operations explains all answers.
   */
  async function verdictThere(change: (url: string) => Promise<void>) {
    const { old, next } = await synchronousPair()
    try {
      const cable = await layCable(old.port)
      const open = (port: number) => openPromptReplica(atPort(old.url, port), { failover: 'synchronous' })
      const [stays, goes] = [await open(old.port), await open(cable.port)]
      await change(old.url)
      const acts = await ReplicaHistory.begin([stays, goes])
      await acts.issue(0)
      const [first = ''] = acts.tokens
      await next.promote()
      await declareStandby(next)
      cable.leadTo(next.port)
      cable.cut()
      const isThere = () =>
        goes.integrations.find('nobody').then(
          () => true,
          () => false,
        )
      await eventually(isThere, { within: 60_000, what: 'the new server' })
      const isIssued = async () => (await acts.issue(1)).kind === 'issued'
      await eventually(isIssued, { within: 60_000, what: 'a token of the new server' })
      const { kind } = await acts.check(0, first)
      await Promise.all([stays.close(), goes.close()])
      return { kind, isExplained: isLinearizable(acts.operations) }
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  }

  test('gives no verdict', async () => {
    expect(await verdictThere(() => Promise.resolve())).toEqual({ kind: 'unanswered', isExplained: true })
  })

  test('would accept a superseded token if it could renew its lease by a read instead of a commit', async () => {
    const readsOnly = (url: string) => changeSentence(url, 'heartbeat', /INSERT INTO replica[^;]*;/, '')
    expect(await verdictThere(readsOnly)).toEqual({ kind: 'live', isExplained: false })
  })
})
