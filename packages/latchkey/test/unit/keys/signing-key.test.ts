// What decides about a signing key.
import { describe, expect, test } from 'vitest'
import { isAccepted, type SigningKeyRecord, signingKeyOf } from '../../../src/domain/signing-key.ts'
import { NOW } from './a-key-ring.ts'

const aRecord = (different: Partial<SigningKeyRecord>): SigningKeyRecord => ({
  kid: 'k',
  alg: 'EdDSA',
  status: 'signing',
  publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'k', alg: 'EdDSA', use: 'sig' },
  sealedPrivateKey: new Uint8Array(),
  createdAt: NOW,
  acceptedUntil: null,
  ...different,
})

describe('a signature is accepted', () => {
  test.each([
    ['from a key that signs', { status: 'signing' }, true],
    ['from the next key, which another process may already use', { status: 'next' }, true],
    ['from a retired key before its end', { status: 'retired', acceptedUntil: NOW + 1 }, true],
    ['not from a retired key at its end', { status: 'retired', acceptedUntil: NOW }, false],
    ['not from a retired key without an end', { status: 'retired', acceptedUntil: null }, false],
  ] as const)('%s', (_name, different, accepted) => {
    expect(isAccepted(aRecord(different), NOW)).toBe(accepted)
  })
})

test('the signing key is the one marked so', () => {
  const signing = aRecord({ kid: 'b' })
  const others = [aRecord({ kid: 'a', status: 'retired' }), aRecord({ kid: 'c', status: 'next' })]
  expect(signingKeyOf([...others, signing])).toBe(signing)
  expect(signingKeyOf(others)).toBeUndefined()
})

test('two keys marked as signing are a fault', () => {
  expect(() => signingKeyOf([aRecord({ kid: 'a' }), aRecord({ kid: 'b' })])).toThrow(/2 keys are marked as signing/)
})
