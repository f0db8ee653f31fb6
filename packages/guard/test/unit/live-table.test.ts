// The live table has the same content as a plain Map, and uses little memory.
import { hash } from 'node:crypto'
import type { FeedSlot, FeedStanding } from '@latchkey/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LiveTable } from '../../src/live-table.ts'

const CLIENT = 'lkabcdefghijklmn'
const bytesOf = (jti: string): string => hash('sha256', jti, 'latin1')
const jtiHashOf = (jti: string): string => hash('sha256', jti, 'base64url')

const live = (generation: number, jti = `jti ${generation}`): FeedSlot => ({
  clientId: CLIENT,
  scope: 0,
  generation,
  standing: 'live',
  live: { generation, jtiHash: jtiHashOf(jti), expiresAt: 1_800_000_000 },
  previous: undefined,
})

const isLive = (table: LiveTable, jti: string): boolean =>
  table.isLiveToken(table.find(CLIENT, 0), { generation: 0, expiresAt: 1_800_000_000, jtiHash: bytesOf(jti) })

const step = fc.record({
  clientId: fc.string({ unit: fc.constantFrom('a', 'b', '7', '~'), minLength: 1, maxLength: 3 }),
  scope: fc.nat(2),
  generation: fc.nat(5),
  standing: fc.constantFrom<FeedStanding>('live', 'revoked', 'integration_disabled', 'empty'),
})

test('in every order of changes, each slot ends with the last state of its highest generation', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new LiveTable()
      const model = new Map<string, FeedSlot>()
      for (const [i, { standing, ...key }] of steps.entries()) {
        const token = { generation: key.generation, jtiHash: jtiHashOf(`${i}`), expiresAt: 1000 + i }
        const state: FeedSlot = {
          ...key,
          standing,
          live: standing === 'live' ? token : undefined,
          previous: undefined,
        }
        table.apply(state)
        const name = `${key.clientId} ${key.scope}`
        if (state.generation >= (model.get(name)?.generation ?? 0)) model.set(name, state)
      }
      expect(table.size).toBe(model.size)
      for (const { clientId, scope, generation, standing, live: token } of model.values()) {
        const slot = table.find(clientId, scope)
        expect([table.generation(slot), table.standing(slot)]).toEqual([generation, standing])
        if (token === undefined) continue
        const i = token.expiresAt - 1000
        expect(table.isLiveToken(slot, { ...token, jtiHash: bytesOf(`${i}`) })).toBe(true)
        expect(table.isLiveToken(slot, { ...token, jtiHash: bytesOf('another') })).toBe(false)
        expect(table.isLiveToken(slot, { ...token, expiresAt: 7, jtiHash: bytesOf(`${i}`) })).toBe(false)
      }
      expect(table.find('nobody', 0)).toBe(-1)
    }),
  )
})

test('all of 100,000 slots are found, and use less than 150 bytes each', () => {
  const table = new LiveTable()
  const names = Array.from({ length: 50_000 }, (_, i) => `lk${i.toString(36).padStart(14, '0')}`)
  for (const clientId of names) for (const scope of [0, 1]) table.apply({ ...live(1), clientId, scope })
  expect(table.size).toBe(100_000)
  expect(names.every((clientId) => table.find(clientId, 1) === table.find(clientId, 0) + 1)).toBe(true)
  expect(table.find('lk00000000000zzz', 2)).toBe(-1)
  expect(table.bytes / table.size).toBeLessThan(150)
})

describe('a slot', () => {
  test('whose token the guard has seen expired counts as expired until it gets another token', () => {
    const table = new LiveTable()
    table.apply(live(1))
    const slot = table.find(CLIENT, 0)
    table.markEnded(slot)
    table.apply(live(1))
    expect(table.isEnded(slot)).toBe(true)
    table.apply(live(2))
    expect(table.isEnded(slot)).toBe(false)
    expect(isLive(table, 'jti 2')).toBe(true)
  })

  test('keeps the predecessor that the feed sends, and drops it if the feed sends no predecessor', () => {
    const table = new LiveTable()
    const previous = { generation: 1, jtiHash: jtiHashOf('jti 1'), expiresAt: 1_800_000_000, until: 1_700_000_000 }
    table.apply({ ...live(2), previous })
    const slot = table.find(CLIENT, 0)
    expect(table.predecessor(slot)).toMatchObject({ generation: 1, until: 1_700_000_000, jtiHash: bytesOf('jti 1') })
    table.apply(live(2))
    expect(table.predecessor(slot)).toBeUndefined()
  })

  test('takes a later state of the same generation, and ignores a state of an older generation', () => {
    const table = new LiveTable()
    const closed: FeedSlot = { ...live(3), standing: 'integration_disabled', live: undefined }
    table.apply(closed)
    const slot = table.find(CLIENT, 0)
    table.apply({ ...closed, standing: 'empty' })
    expect(table.standing(slot)).toBe('empty')
    table.apply(live(2))
    expect([table.generation(slot), table.standing(slot)]).toEqual([3, 'empty'])
  })
})

test.each(['', 'x'.repeat(256), 'ünïcode', 'two words'])(
  'a text that cannot be a client ID is refused: %j',
  (clientId) => {
    expect(() => {
      new LiveTable().apply({ ...live(1), clientId })
    }).toThrow(expect.objectContaining({ code: 'ISSUER_MISMATCH' }))
  },
)
