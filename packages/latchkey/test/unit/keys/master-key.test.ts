// The master key as text.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MasterKey, MasterKeyError, readMasterKey } from '../../../src/keys/master-key.ts'

const derivedFrom = (key: MasterKey): string => key.derive('test').export().toString('hex')

const thirtyTwoBytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))

test('a master key reads the same in every notation', () => {
  fc.assert(
    fc.property(thirtyTwoBytes, (bytes) => {
      const expected = derivedFrom(new MasterKey(bytes))
      const written = [
        bytes.toString('hex'),
        bytes.toString('hex').toUpperCase(),
        bytes.toString('base64'),
        bytes.toString('base64').replace('=', ''),
        bytes.toString('base64url'),
        `${bytes.toString('base64url')}=`,
        ` ${bytes.toString('base64')}\n`,
      ]
      expect(written.map((text) => derivedFrom(readMasterKey(text)))).toEqual(written.map(() => expected))
    }),
  )
})

describe('a text that is not a master key is refused with the reason', () => {
  const hex = 'a1'.repeat(32)
  const base64 = Buffer.alloc(32, 0xfb).toString('base64')
  test.each([
    ['nothing', '', /is empty/],
    ['white space alone', ' \n', /is empty/],
    ['two lines', `${base64.slice(0, 20)}\n${base64.slice(20)}`, /white space inside/],
    ['63 hexadecimal digits', hex.slice(1), /has 63 characters/],
    ['31 bytes of base64', Buffer.alloc(31, 1).toString('base64'), /has 44 characters|has 42 characters/],
    ['33 bytes of base64', Buffer.alloc(33, 1).toString('base64'), /has 44 characters/],
    ['a passphrase', 'correct-horse!battery', /is not hexadecimal, base64 or base64url/],
    ['stray bits at the end', `${'A'.repeat(42)}B`, /a character was changed or lost/],
    ['both base64 alphabets at once', `+-${'A'.repeat(41)}`, /a character was changed or lost/],
    ['base64 with two signs of padding', `${'A'.repeat(43)}==`, /a character was changed or lost/],
  ])('%s', (_name, text, problem) => {
    expect(() => readMasterKey(text)).toThrow(MasterKeyError)
    expect(() => readMasterKey(text)).toThrow(problem)
    expect(() => readMasterKey(text)).toThrow(/openssl rand -base64 32/)
  })
})

test('a refused master key is not repeated in the error', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 20, maxLength: 80, unit: fc.constantFrom(...'XYZQ!%') }), (text) => {
      try {
        readMasterKey(text)
      } catch (error) {
        expect(inspect(error)).not.toContain(text.slice(0, 12))
      }
    }),
  )
})

test('a master key cannot be printed', () => {
  const bytes = Buffer.from('0123456789abcdefghijklmnopqrstuv')
  const key = new MasterKey(bytes)
  const printed = [
    String(key),
    JSON.stringify({ key }),
    inspect({ key }, { depth: 9, showHidden: true }),
    inspect(key, { customInspect: false, depth: 9, showHidden: true }),
  ].join()
  expect(printed).toContain('[master key]')
  for (const notation of ['latin1', 'hex', 'base64'] as const) expect(printed).not.toContain(bytes.toString(notation))
})

test('a master key of another length than 32 bytes is refused', () => {
  expect(() => new MasterKey(new Uint8Array(31))).toThrow(MasterKeyError)
  expect(() => new MasterKey(new Uint8Array(33))).toThrow(MasterKeyError)
})
