// The form of generated credentials, and the checksum that finds typing errors without asking a server.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBasicCredentials } from '../../src/basic-credentials.ts'
import {
  checksumOf,
  composeClientSecret,
  hasClientSecretShape,
  isClientId,
  isWellFormedClientSecret,
} from '../../src/client-secret.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const character = fc.constantFrom(...ALPHABET)
const random32 = fc.string({ unit: character, minLength: 32, maxLength: 32 })

describe('a client ID', () => {
  test('is lk and fourteen lower-case letters or digits', () => {
    expect(isClientId('lk0123456789abcd')).toBe(true)
  })

  test.each([
    '',
    'lk0123456789abc',
    'lk0123456789abcde',
    'LK0123456789abcd',
    'lk0123456789abcD',
    'xx0123456789abcd',
    'lk0123456789abcd\n',
  ])('is never of another form: %j', (text) => {
    expect(isClientId(text)).toBe(false)
  })
})

describe('a client secret', () => {
  test('is lks_, 32 random characters and four characters of checksum', () => {
    fc.assert(
      fc.property(random32, (random) => {
        const secret = composeClientSecret(random).reveal()
        expect(secret.slice(0, 36)).toBe(`lks_${random}`)
        expect(secret).toHaveLength(40)
        expect(isWellFormedClientSecret(secret)).toBe(true)
      }),
    )
  })

  test('has the OpenPGP CRC-24 as its checksum', () => {
    // The published check value of the CRC for the nine digits 123456789 is 21CF02.
    expect(checksumOf('123456789')).toBe(Buffer.from('21cf02', 'hex').toString('base64url'))
  })

  test('is not well formed if any one character is replaced', () => {
    fc.assert(
      fc.property(random32, fc.nat(35), character, (random, position, other) => {
        const secret = composeClientSecret(random).reveal()
        const at = position + 4
        fc.pre(secret[at] !== other)
        const mistyped = secret.slice(0, at) + other + secret.slice(at + 1)
        expect(hasClientSecretShape(mistyped)).toBe(true)
        expect(isWellFormedClientSecret(mistyped)).toBe(false)
      }),
    )
  })

  test('is not well formed if two neighbours are swapped', () => {
    fc.assert(
      fc.property(random32, fc.nat(34), (random, position) => {
        const secret = composeClientSecret(random).reveal()
        const at = position + 4
        const [left, right] = [secret.charAt(at), secret.charAt(at + 1)]
        fc.pre(left !== right)
        expect(isWellFormedClientSecret(secret.slice(0, at) + right + left + secret.slice(at + 2))).toBe(false)
      }),
    )
  })

  test.each(['', 'a'.repeat(31), 'a'.repeat(33), `${'a'.repeat(31)}+`, `${'a'.repeat(32)}\n`])(
    'is made only from 32 characters of its alphabet: not from %j',
    (random) => {
      expect(() => composeClientSecret(random)).toThrow(RangeError)
    },
  )

  test('is printed as [secret] when it was just made', () => {
    expect(String(composeClientSecret('a'.repeat(32)))).toBe('[secret]')
  })

  test('fits with its ID into a Basic value of one line of 76 characters, without form encoding', () => {
    const header = toBasicCredentials('lk0123456789abcd', composeClientSecret('-_'.repeat(16)))
    const value = header.slice('Basic '.length)
    expect(value).toHaveLength(76)
    expect(Buffer.from(value, 'base64').toString()).toBe(
      `lk0123456789abcd:${composeClientSecret('-_'.repeat(16)).reveal()}`,
    )
  })
})
