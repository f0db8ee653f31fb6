// The issuance history of a slot (of an integration and scope) is stored as one value. It contains what the table of
// older versions contained: the last 16 issuances, the newest first.
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptySlot, type RecordedToken, revoke, type Slot, supersede } from '../../src/domain/slot.ts'
import type { Scope } from '@latchkey/protocol'
import type { Write } from '../../src/rows/disk.ts'
import { decodeHistory, NO_HISTORY, withIssuance, encodeIssuance } from '../../src/rows/issuance-history.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { SLOT_KEEPERS } from '../slot-keepers.ts'

const SLOTS = [1, 2, 3]

/** The model: the table of older versions, with the statements that wrote it. */
class Table {
  readonly #database = new DatabaseSync(':memory:')

  constructor() {
    this.#database.exec(MIGRATIONS[0] ?? '')
  }

  put(values: readonly (string | number)[]): void {
    const sql = `INSERT OR REPLACE INTO ring (slot_id, n, generation, jti, issued_at, requests, requesters)
      VALUES (?, ?, ?, ?, ?, ?, ?)`
    this.#database.prepare(sql).run(...values)
  }

  remove(slotId: number): void {
    this.#database.prepare('DELETE FROM ring WHERE slot_id = ?').run(slotId)
  }

  read(slotId: number): readonly unknown[] {
    const sql = `SELECT generation, jti, issued_at, requests, requesters FROM ring WHERE slot_id = ?
      ORDER BY generation DESC`
    return this.#database
      .prepare(sql)
      .all(slotId)
      .map((row) => ({ ...row }))
  }
}

const requester = fc.tuple(
  fc.constantFrom('127.0.0.1', '2001:db8::1'),
  fc.constantFrom('', 'curl/8', 'x'.repeat(120), 'ä"\\'),
  fc.constantFrom('sec_1', 'sec_2'),
)
const requesters = fc.array(requester, { minLength: 1, maxLength: 8 })
const issue = fc.record({
  kind: fc.constant('issue' as const),
  slot: fc.constantFrom(...SLOTS),
  // Mostly the same requester, because most integrations have a single program that requests tokens.
  requesters: fc.oneof({ weight: 3, arbitrary: fc.constant([['127.0.0.1', 'curl/8', 'sec_1']]) }, requesters),
  requests: fc.constantFrom(1, 2, 4096),
  grace: fc.constantFrom(0, 0, 30),
  skipped: fc.nat(3),
})
const other = fc.record({
  kind: fc.constantFrom('revoke' as const, 'reopen' as const, 'remove' as const, 'refused' as const),
  slot: fc.constantFrom(...SLOTS),
})

const jtiOf = (generation: number): string => `00000000-0000-4000-8000-${String(generation).padStart(12, '0')}`

const tokenAt = (generation: number): RecordedToken => ({
  ...{ generation, jti: jtiOf(generation), issuedAt: 1_800_000_000 + generation, expiresAt: 1_800_003_600 },
  audience: `api://${String(generation % 3)}`,
})

const fresh = (id: number): Slot => emptySlot(id, 'a.b' as Scope, true)

test.each(SLOT_KEEPERS)(
  'on $name, after any issuances, revocations, removals and refusals, the stored history equals the table of older versions, and the stored slot equals the slot in memory',
  async ({ open, runs }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 8, arbitrary: issue }, other), { minLength: 30, maxLength: 120 }),
        async (acts) => {
          const keeper = await open()
          const table = new Table()
          const slots = new Map(SLOTS.map((id) => [id, fresh(id)]))
          /** The issuance histories as the program encodes them. */
          const histories = new Map<number, Uint8Array>()
          await keeper.make([...slots.values()])
          for (const act of acts) {
            const slot = slots.get(act.slot) ?? fresh(act.slot)
            if (act.kind === 'issue') {
              const token = tokenAt(slot.generation + 1 + act.skipped)
              const next = supersede(slot, token, act.grace, token.issuedAt)
              const entry = [token.generation, token.jti, token.issuedAt, act.requests] as const
              const json = JSON.stringify(act.requesters)
              await keeper.issue(slot, next, ['put_history', slot.id, ...entry, json])
              table.put([slot.id, slot.issuances % 16, ...entry, json])
              const issuance = encodeIssuance({ ...token, requests: act.requests, requesters: json })
              histories.set(slot.id, withIssuance(histories.get(slot.id) ?? NO_HISTORY, issuance))
              slots.set(slot.id, next)
            } else if (act.kind === 'revoke' && slot.live !== undefined) {
              const next = revoke(slot, slot.live.jti, slot.generation + 1) ?? slot
              await keeper.revoke(slot, next)
              slots.set(slot.id, next)
            } else if (act.kind === 'remove') {
              await keeper.makeAgain(fresh(slot.id))
              table.remove(slot.id)
              histories.delete(slot.id)
              slots.set(slot.id, fresh(slot.id))
            } else if (act.kind === 'reopen') {
              await keeper.reopen()
            } else if (act.kind === 'refused') {
              // A batch that is rolled back. The audience that it added must be unknown after that.
              const bad: Write = ['insert_admin_key', 'adk', 'name', 'owner', Buffer.alloc(32), NaN, 0, null]
              const next = supersede(slot, { ...tokenAt(slot.generation + 1), audience: 'api://undone' }, 0, 1)
              expect(await keeper.refused(slot, next, bad)).toMatch(/NOT NULL|not-null/)
            }
          }
          for (const slot of slots.values()) {
            const rows = await keeper.history(slot)
            expect(rows).toMatchObject(table.read(slot.id))
            const made = Buffer.from(histories.get(slot.id) ?? NO_HISTORY).toString('hex')
            expect(await keeper.historyBytes(slot)).toBe(made)
            expect(await keeper.row(slot)).toMatchObject({
              ...{ generation: slot.generation, issuances: slot.issuances },
              ...{ live_jti: slot.live?.jti ?? null, live_audience: slot.live?.audience ?? null },
              ...{ prev_jti: slot.predecessor?.token.jti ?? null, prev_until: slot.predecessor?.until ?? null },
              ...{ revoked_generation: slot.revokedGeneration, superseded_generation: slot.supersededGeneration },
            })
          }
          await keeper.close()
        },
      ),
      { numRuns: runs },
    )
  },
)

test('a history that was truncated or has the wrong number of requesters is reported as damaged', () => {
  const entry = { generation: 1, jti: jtiOf(1), issuedAt: 1, requests: 1, requesters: '[["::1","curl","sec_1"]]' }
  const history = withIssuance(NO_HISTORY, encodeIssuance(entry))
  expect(decodeHistory(history)).toEqual([entry])
  for (let length = 0; length < history.length; length++) {
    if (length === history.length - 32) continue
    expect(() => decodeHistory(history.subarray(0, length)), String(length)).toThrow('The store is damaged')
  }
  const groups = Buffer.from(history)
  groups[1] = 2
  expect(() => decodeHistory(groups)).toThrow('The store is damaged')
})

test('after seventeen issuances the stored history keeps the last 16 with up to 8 requesters each, and does not grow further', () => {
  let history = NO_HISTORY
  const lengths: number[] = []
  for (let generation = 1; generation <= 40; generation++) {
    const who = Array.from({ length: 8 }, (_, index) => [`10.0.0.${String(index)}`, 'agent', `sec_${'0'.repeat(32)}`])
    const entry = { generation, jti: jtiOf(generation), issuedAt: generation, requests: 9 }
    history = withIssuance(history, encodeIssuance({ ...entry, requesters: JSON.stringify(who) }))
    lengths.push(history.length)
  }
  const found = decodeHistory(history)
  expect(found.map(({ generation }) => generation)).toEqual(Array.from({ length: 16 }, (_, index) => 40 - index))
  expect(found.every(({ requesters: json }) => (JSON.parse(json) as unknown[]).length === 8)).toBe(true)
  expect(new Set(lengths.slice(16)).size).toBe(1)
})
