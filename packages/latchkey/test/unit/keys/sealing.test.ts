// Sealed values, and the canary that detects a wrong master key.
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCanary, sealCanary, WrongMasterKeyError } from '../../../src/keys/canary.ts'
import { SealError, Sealing } from '../../../src/keys/sealing.ts'
import { someDerivedKeys } from './a-key-set.ts'

const PLACE = { table: 'integration_secret', row: 'sec_123', field: 'value' }
const aSealing = () => new Sealing(someDerivedKeys().secretSealing)

test('a sealed value can be decrypted for its row and field', () => {
  const sealing = aSealing()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (plain) => {
      expect(Buffer.compare(sealing.open(PLACE, sealing.seal(PLACE, plain)), plain)).toBe(0)
    }),
  )
})

test('the same value sealed twice gives different bytes without the value in them', () => {
  const sealing = aSealing()
  const plain = Buffer.from('lks_a-secret-that-must-not-be-seen')
  const [first, second] = [sealing.seal(PLACE, plain), sealing.seal(PLACE, plain)]
  expect(Buffer.compare(first, second)).not.toBe(0)
  expect(Buffer.from(first).includes(plain)).toBe(false)
})

test('a sealed value begins with its version and key number, and is 30 bytes longer than the value', () => {
  const sealed = new Sealing(someDerivedKeys().keySealing, 9).seal(PLACE, Buffer.alloc(5))
  expect([sealed[0], sealed[1], sealed.length]).toEqual([1, 9, 2 + 12 + 5 + 16])
})

describe('a sealed value is bound to its row and field', () => {
  test.each([
    ['another row', { ...PLACE, row: 'sec_124' }],
    ['another field', { ...PLACE, field: 'hint' }],
    ['another table', { ...PLACE, table: 'signing_key' }],
  ])('%s cannot decrypt it', (_name, place) => {
    const sealing = aSealing()
    expect(() => sealing.open(place, sealing.seal(PLACE, Buffer.from('value')))).toThrow(SealError)
  })
})

test('one changed bit at any position is noticed', () => {
  const sealing = aSealing()
  const sealed = sealing.seal(PLACE, Buffer.from('value'))
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(() => sealing.open(PLACE, changed)).toThrow(SealError)
  }
})

test('a value that is cut at any position is noticed', () => {
  const sealing = aSealing()
  const sealed = sealing.seal(PLACE, Buffer.from('value'))
  for (let length = 0; length < sealed.length; length++) {
    expect(() => sealing.open(PLACE, sealed.subarray(0, length))).toThrow(SealError)
  }
})

test('another master key cannot decrypt a value, and the error says what to do and has no part of the content', () => {
  const plain = randomBytes(24).toString('base64url')
  const sealed = aSealing().seal(PLACE, Buffer.from(plain))
  const open = () => aSealing().open(PLACE, sealed)
  expect(open).toThrow(/integration_secret:sec_123:value cannot be decrypted.*Start with the master key of this store/)
  try {
    open()
  } catch (error) {
    expect(inspect(error, { depth: 9 })).not.toContain(plain)
  }
})

test('the error about a value with another key number names the number', () => {
  const { keySealing } = someDerivedKeys()
  const sealed = new Sealing(keySealing, 2).seal(PLACE, Buffer.from('value'))
  expect(() => new Sealing(keySealing).open(PLACE, sealed)).toThrow(
    /needs master key number 2, but the server has number 1/,
  )
})

test('a value can be decrypted from the middle of a larger buffer', () => {
  const sealing = aSealing()
  const sealed = sealing.seal(PLACE, Buffer.from('value'))
  const larger = Buffer.concat([Buffer.alloc(7), sealed, Buffer.alloc(7)])
  expect(sealing.open(PLACE, larger.subarray(7, -7)).toString()).toBe('value')
})

test('the canary is valid under the master key that sealed it', () => {
  const sealing = aSealing()
  expect(() => {
    openCanary(sealing, sealCanary(sealing))
  }).not.toThrow()
})

test('the error about a wrong master key says that nothing was changed', () => {
  const canary = sealCanary(aSealing())
  const open = () => {
    openCanary(aSealing(), canary)
  }
  expect(open).toThrow(WrongMasterKeyError)
  expect(open).toThrow(/The server changed nothing.*LATCHKEY_MASTER_KEY/)
})
