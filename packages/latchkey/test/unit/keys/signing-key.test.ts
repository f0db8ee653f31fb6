// The rules for the states of a signing key.
import { describe, expect, test } from 'vitest'
import { canHaveSigned, isAccepted, signingKeyOf } from '../../../src/domain/signing-key.ts'
import { NOW } from './a-key-set.ts'
import { aRecord } from './a-signing-key-record.ts'

describe('a signature of a key is accepted if the key is', () => {
  test.each([
    ['from a key that signs', { status: 'signing' }, true],
    ['from the next key, which another process may already use', { status: 'next' }, true],
    ['from a retired key before its end', { status: 'retired', acceptedUntil: NOW + 1 }, true],
    ['not from a retired key at its end', { status: 'retired', acceptedUntil: NOW }, false],
    ['not from a retired key without an end', { status: 'retired', acceptedUntil: null }, false],
    ['not from a revoked key, whose tokens are not over yet', { status: 'revoked', acceptedUntil: NOW + 1 }, false],
  ] as const)('%s', (_name, different, accepted) => {
    expect(isAccepted(aRecord(different), NOW)).toBe(accepted)
  })
})

test('the key with the status signing is the signing key', () => {
  const signing = aRecord({ kid: 'b' })
  const others = [aRecord({ kid: 'a', status: 'retired' }), aRecord({ kid: 'c', status: 'next' })]
  expect(signingKeyOf([...others, signing])).toBe(signing)
  expect(signingKeyOf(others)).toBeUndefined()
})

test('two keys with the status signing are a fault', () => {
  expect(() => signingKeyOf([aRecord({ kid: 'a' }), aRecord({ kid: 'b' })])).toThrow(/2 keys have the status "signing"/)
})

describe('a key may have signed a token if', () => {
  const window = { signsFrom: NOW, retiredAt: NOW + 100 }
  test.each([
    ['issued while it signs', { status: 'signing' }, NOW + 5000, true],
    ['not before it signed', { status: 'signing' }, NOW - 2, false],
    ['issued in the second before it signed, by a clock read a moment earlier', { status: 'signing' }, NOW - 1, true],
    ['issued until it was retired', { status: 'retired', ...window }, NOW + 100, true],
    ['not after it was retired', { status: 'retired', ...window }, NOW + 102, false],
    ['issued while it signed, also when it is revoked', { status: 'revoked', ...window }, NOW + 50, true],
    ['never as long as it is next', { status: 'next' }, NOW + 50, false],
  ] as const)('%s', (_name, different, issuedAt, can) => {
    expect(canHaveSigned(aRecord(different), { issuedAt })).toBe(can)
  })
})
