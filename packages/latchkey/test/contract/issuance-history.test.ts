// The history of a slot as one value answers as the table did that it replaced: the last 16 issuances, newest first.
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptySlot, type RecordedToken, revoke, type Slot, supersede } from '../../src/domain/slot.ts'
import type { Scope } from '@latchkey/protocol'
import type { Row, Write } from '../../src/rows/disk.ts'
import { slotInsert, slotUpdate, tokensUpdate } from '../../src/rows/rows.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { decodeHistory, NO_HISTORY, withIssuance, encodeIssuance } from '../../src/rows/issuance-history.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { aStoreFile } from '../a-store.ts'

const SLOTS = [1, 2, 3]
const CLIENT = (id: number): string => `lk${String(id)}`

/** The table of before, with the statements of before. */
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
    const sql = `SELECT n, generation, jti, issued_at, requests, requesters FROM ring WHERE slot_id = ?
      ORDER BY generation DESC`
    return this.#database.prepare(sql).all(slotId)
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
  // One caller most of the time, as one program has it.
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

const isIn = (connection: SqliteConnection, slot: Slot): Row | undefined =>
  connection.read('slots_of', CLIENT(slot.id))[0]

const fresh = (id: number): Slot => emptySlot(id, 'a.b' as Scope, true)

test('whatever is issued, revoked, removed and refused, the history is that of the table, and the slot is that of the domain', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 8, arbitrary: issue }, other), { minLength: 30, maxLength: 120 }),
      (acts) => {
        const file = aStoreFile()
        let connection = new SqliteConnection(file)
        connection.migrate()
        const table = new Table()
        const slots = new Map(SLOTS.map((id) => [id, fresh(id)]))
        connection.commit([...slots.values()].map((slot) => slotInsert(CLIENT(slot.id), slot, null)))
        for (const act of acts) {
          const slot = slots.get(act.slot) ?? fresh(act.slot)
          if (act.kind === 'issue') {
            const token = tokenAt(slot.generation + 1 + act.skipped)
            const next = supersede(slot, token, act.grace, token.issuedAt)
            const entry = [slot.id, slot.issuances % 16, token.generation, token.jti, token.issuedAt] as const
            const values = [...entry, act.requests, JSON.stringify(act.requesters)] as const
            connection.commit([tokensUpdate(next, null), ['put_ring', ...values]])
            table.put(values)
            slots.set(slot.id, next)
          } else if (act.kind === 'revoke' && slot.live !== undefined) {
            const next = revoke(slot, slot.live.jti, slot.generation + 1) ?? slot
            connection.commit([slotUpdate(next, null)])
            slots.set(slot.id, next)
          } else if (act.kind === 'remove') {
            connection.commit([
              ['delete_rings', CLIENT(slot.id)],
              ['delete_slots', CLIENT(slot.id)],
              slotInsert(CLIENT(slot.id), fresh(slot.id), null),
            ])
            table.remove(slot.id)
            slots.set(slot.id, fresh(slot.id))
          } else if (act.kind === 'reopen') {
            connection.close()
            connection = new SqliteConnection(file)
          } else if (act.kind === 'refused') {
            // A batch that is undone: the audience that it brought is unknown again.
            const bad: Write = ['insert_admin_key', 'adk', 'name', 'owner', Buffer.alloc(32), NaN, 0, null]
            const next = supersede(slot, { ...tokenAt(slot.generation + 1), audience: 'api://undone' }, 0, 1)
            expect(() => {
              connection.commit([tokensUpdate(next, null), bad])
            }).toThrow('NOT NULL')
          }
        }
        for (const slot of slots.values()) {
          const rows = connection.read('ring', slot.id).map(({ slot_id: id, ...row }) => {
            expect(id).toBe(slot.id)
            return row
          })
          expect(rows).toEqual(table.read(slot.id).map((row) => ({ ...(row as Row) })))
          const row = isIn(connection, slot)
          expect(row).toMatchObject({ generation: slot.generation, issuances: slot.issuances })
          expect(row).toMatchObject({ live_jti: slot.live?.jti ?? null, live_audience: slot.live?.audience ?? null })
          expect(row).toMatchObject({
            prev_jti: slot.predecessor?.token.jti ?? null,
            prev_until: slot.predecessor?.until ?? null,
            revoked_generation: slot.revokedGeneration,
            superseded_generation: slot.supersededGeneration,
          })
        }
        connection.close()
      },
    ),
    { numRuns: 25 },
  )
})

test('a history that was cut, or that states more groups than it has, is reported as damage', () => {
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

test('seventeen issuances leave the last 16 with up to 8 requesters each, and the value stops growing', () => {
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
