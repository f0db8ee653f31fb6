// The chain of the audit trail, on each engine: a change of the tables without the audit key is detected.
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { type AuditRecord, REFUSAL_EVENTS, SYSTEM } from '../../src/domain/audit-event.ts'
import type { AuditAnchor, AuditReport } from '../../src/ports/audit-trail.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'

const record = (name: string): AuditRecord => ({
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'integration', id: 'int_1', name },
  before: {},
  after: { name },
})

const EVERYTHING = {
  ...{ before: undefined, event: undefined, actor: undefined, target: undefined },
  ...{ since: undefined, until: undefined },
}

describe.each(ENGINES)('on $name', (engine) => {
  let place: string
  beforeEach(async () => {
    place = await engine.aPlace()
    const store = await engine.open(place)
    for (const name of ['one', 'two', 'three', 'four', 'five']) await store.auditTrail.append([record(name)])
    await store.close()
  })

  /** Returns the result of a check after an attacker without the key has run these statements on the tables. */
  async function checkAfter(statements: string): Promise<AuditReport> {
    await engine.execute(place, statements)
    const store = await engine.open(place)
    const report = await store.auditTrail.verify(undefined)
    await store.close()
    return report
  }

  test('refusals and changes can be listed separately', async () => {
    const store = await engine.open(place)
    const refusals = [...REFUSAL_EVENTS]
    await store.auditTrail.append(REFUSAL_EVENTS.map((event) => ({ ...record('six'), event })))
    const found = async (kind: 'changes' | 'refusals') =>
      (await store.auditTrail.page({ ...EVERYTHING, limit: 10, kind })).map(({ event }) => event)
    expect(await found('refusals')).toEqual(refusals.toReversed())
    expect(await found('changes')).toHaveLength(5)
    expect(await store.auditTrail.count({ ...EVERYTHING, limit: 0, kind: 'refusals' })).toBe(2)
    await store.close()
  })

  test('an unchanged chain is intact, also after a restart', async () => {
    expect(await checkAfter('SELECT 1')).toMatchObject({ intact: true, checked: 5, fromSeq: 1, toSeq: 5 })
  })

  describe('a check detects', () => {
    test.each([
      ['one changed byte in an event', `UPDATE audit SET record = replace(record, 'three', 'thrEe') WHERE seq = 3`, 3],
      ['another time', `UPDATE audit SET at = at + 1 WHERE seq = 2`, 2],
      ['another actor in the column that is searched', `UPDATE audit SET actor = 'adk_x' WHERE seq = 4`, 4],
      ['an event that is missing', `DELETE FROM audit WHERE seq = 2`, 2],
      ['the first events missing', `DELETE FROM audit WHERE seq <= 2`, 1],
      ['the last event missing', `DELETE FROM audit WHERE seq = 5`, 5],
      [
        'a shorter chain with a head to match',
        `DELETE FROM audit WHERE seq = 5; UPDATE audit_chain SET head_seq = 4, head_mac = (SELECT mac FROM audit WHERE seq = 4)`,
        4,
      ],
      [
        'a checkpoint that hides the first events',
        `DELETE FROM audit WHERE seq <= 2; UPDATE audit_chain SET checkpoint_seq = 2, checkpoint_mac = (SELECT mac FROM audit WHERE seq = 3)`,
        2,
      ],
      [
        'two events that changed places',
        `UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99`,
        2,
      ],
      ['a lost head', `DELETE FROM audit_chain`, 6],
    ])('%s', async (_what, sql, seq) => {
      expect(await checkAfter(sql)).toMatchObject({ intact: false, seq })
    })

    test('a whole chain that was recomputed without the key', async () => {
      let before: Uint8Array = Buffer.alloc(32)
      const statements: string[] = []
      for (const row of await engine.query(place, 'SELECT seq, at, record FROM audit ORDER BY seq')) {
        const seq = String(row['seq'])
        const text = String(row['record']).replace('three', 'other')
        before = createHash('sha256')
          .update(before)
          .update(`${seq}${String(row['at'])}${text}`)
          .digest()
        statements.push(
          `UPDATE audit SET record = replace(record, 'three', 'other'), mac = ${engine.bytes(before)} WHERE seq = ${seq}`,
        )
      }
      statements.push(`UPDATE audit_chain SET head_mac = ${engine.bytes(before)}`)
      const report = await checkAfter(statements.join(';'))
      expect(report).toMatchObject({ intact: false })
    })
  })

  test('the removal of the whole trail is detected, and the next trail records it', async () => {
    expect(await checkAfter('DELETE FROM audit; DELETE FROM audit_chain')).toMatchObject({ intact: false, seq: 1 })
    const store = await engine.open(place)
    const [first] = await store.auditTrail.page({ ...EVERYTHING, limit: 1 })
    expect(first).toMatchObject({ seq: 1, event: 'audit_trail.lost', at: store.clock.now() })
    await store.close()
  })

  describe('an anchor that was stored outside the server', () => {
    const anchorOf = async (): Promise<AuditAnchor> => {
      const store = await engine.open(place)
      const anchor = await store.auditTrail.anchor()
      await store.close()
      if (anchor === undefined) throw new Error('the end of the chain is not sealed')
      return anchor
    }
    const compare = async (anchor: AuditAnchor, change: (store: OpenedStore) => Promise<unknown>) => {
      const store = await engine.open(place)
      await change(store)
      const report = await store.auditTrail.verify(anchor)
      await store.close()
      return report
    }

    test('matches a trail to which events were added later', async () => {
      const anchor = await anchorOf()
      expect(anchor.seq).toBe(5)
      expect(await compare(anchor, (store) => store.auditTrail.append([record('six')]))).toMatchObject({ intact: true })
    })

    test('detects an older copy of the store, which the chain alone cannot show', async () => {
      const older = await engine.query(place, 'SELECT * FROM audit_chain')
      const store = await engine.open(place)
      await store.auditTrail.append([record('six'), record('seven')])
      await store.close()
      const anchor = await anchorOf()
      const [head] = older
      const bytesOf = (column: string) => engine.bytes(head?.[column] as Uint8Array)
      await engine.execute(
        place,
        `DELETE FROM audit WHERE seq > 5; UPDATE audit_chain SET head_seq = 5, head_mac = ${bytesOf('head_mac')}, head_seal = ${bytesOf('head_seal')}`,
      )
      expect(await compare(anchor, () => Promise.resolve())).toMatchObject({ intact: false, seq: 7 })
      // Compares the anchor after events were added to the trail.
      const grown = await compare(anchor, (store) =>
        store.auditTrail.append([record('six'), record('other'), record('eight')]),
      )
      expect(grown).toMatchObject({
        intact: false,
        seq: 7,
        problem: expect.stringContaining('a different history') as string,
      })
    })

    test('is compared with the checkpoint that retention left, and cannot be compared with removed events', async () => {
      const anchor = await anchorOf()
      const pruned = await compare(anchor, async (store) => {
        store.clock.advance(1000)
        await store.auditTrail.prune(store.clock.now() - 500)
      })
      expect(pruned).toMatchObject({ intact: true, fromSeq: 6 })
      const other = await compare({ ...anchor, mac: '0'.repeat(64) }, () => Promise.resolve())
      expect(other).toMatchObject({ intact: false, seq: 5 })
      const older = await compare({ ...anchor, seq: 4 }, () => Promise.resolve())
      expect(older).toMatchObject({ intact: false, seq: 4, problem: expect.stringContaining('retention') as string })
    })
  })

  test('retention removes old events, and the chain is intact from its checkpoint on', async () => {
    const store = await engine.open(place)
    store.clock.advance(1000)
    await store.auditTrail.append([record('six')])
    expect(await store.auditTrail.prune(store.clock.now() - 500)).toBe(5)
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true, checked: 2, fromSeq: 6, toSeq: 7 })
    await store.close()
    expect(await checkAfter('SELECT 1')).toMatchObject({ intact: true, checked: 2 })
  })

  test('subscribers get an event when it is durable', async () => {
    const store = await engine.open(place)
    const heard: number[] = []
    const stop = store.auditTrail.onRecorded(({ seq }) => heard.push(seq))
    await store.auditTrail.append([record('six'), record('seven')])
    stop()
    await store.auditTrail.append([record('eight')])
    expect(heard).toEqual([6, 7])
    await store.close()
  })

  test('retention removes any number of events, and the trail records it', async () => {
    const store = await engine.open(place)
    await store.auditTrail.append(Array.from({ length: 1200 }, (_, i) => record(String(i))))
    store.clock.advance(1000)
    expect(await store.auditTrail.prune(store.clock.now() - 500)).toBe(1205)
    const [latest] = await store.auditTrail.page({ ...EVERYTHING, limit: 1 })
    expect(latest).toMatchObject({ event: 'audit_trail.pruned', after: { up_to_seq: 1205 } })
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    await store.close()
  })

  test('retention keeps new events that follow an event with a time in the future', async () => {
    const store = await engine.open(place)
    store.clock.step(10_000)
    await store.auditTrail.append([record('ahead')])
    store.clock.step(-10_000)
    await store.auditTrail.append([record('after')])
    expect(await store.auditTrail.prune(store.clock.now() + 100)).toBe(5)
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true, fromSeq: 6 })
    await store.close()
  })

  test('a check during retention does not report the removed events as missing', async () => {
    const store = await engine.open(place)
    await store.auditTrail.append(Array.from({ length: 2000 }, (_, index) => record(String(index))))
    const pruning = store.auditTrail.prune(9_000_000_000)
    const reports: AuditReport[] = []
    for (let check = 0; check < 8; check++) reports.push(await store.auditTrail.verify(undefined))
    await pruning
    await store.close()
    expect(reports.filter(({ intact }) => !intact)).toEqual([])
  })

  test('if retention removes new events because stored times were changed, the trail records that the times were changed', async () => {
    await engine.execute(place, 'UPDATE audit SET at = 0 WHERE seq <= 3')
    const store = await engine.open(place)
    expect(await store.auditTrail.prune(store.clock.now() - 500)).toBe(3)
    const [latest] = await store.auditTrail.page({ ...EVERYTHING, limit: 1 })
    expect(latest).toMatchObject({ event: 'audit_trail.pruned', after: { up_to_seq: 3, intact: false } })
    const problem = expect.stringContaining('were changed or missing') as string
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: false, seq: 6, problem })
    await store.close()
  })

  test('the trail records that an event was missing among the events that retention removed', async () => {
    await engine.execute(place, 'DELETE FROM audit WHERE seq = 2')
    const store = await engine.open(place)
    store.clock.advance(1000)
    await store.auditTrail.prune(store.clock.now() - 500)
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: false, seq: 6 })
    await store.close()
  })

  test('retention does not repeat forever if the clock was set back so far that the event about the retention counts as old', async () => {
    const store = await engine.open(place)
    expect(await store.auditTrail.prune(9_000_000_000)).toBe(5)
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true, fromSeq: 6, toSeq: 6 })
    await store.close()
  })
})
