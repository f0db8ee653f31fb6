// Which keys of a source the server uses.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readKeySet } from '../../../../src/keys/key-source/read-key-set.ts'

const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })

const ALL = { algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'], keyUse: 'signature' as const }
const p256 = jwkOf(ec('P-256').publicKey)
const rsa2048 = jwkOf(rsa(2048).publicKey)
const ed25519 = jwkOf(generateKeyPairSync('ed25519').publicKey)

describe('a key of a source verifies', () => {
  test.each([
    ['ES256 on P-256', p256, ALL, ['ES256']],
    ['ES384 on P-384', jwkOf(ec('P-384').publicKey), ALL, ['ES384']],
    ['EdDSA on Ed25519', ed25519, ALL, ['EdDSA']],
    ['EdDSA by its newer name', { ...ed25519, alg: 'Ed25519' }, ALL, ['EdDSA']],
    ['RS256 and PS256, if it names no algorithm', rsa2048, ALL, ['RS256', 'PS256']],
    ['only the algorithm that it names', { ...rsa2048, alg: 'PS256' }, ALL, ['PS256']],
    ['only algorithms of its source', rsa2048, { ...ALL, algorithms: ['RS256', 'ES256'] }, ['RS256']],
    ['RS256 with a length between the usual ones', jwkOf(rsa(2056).publicKey), ALL, ['RS256', 'PS256']],
    ['with members that the server does not know', { ...p256, x5c: ['x'], more: 1 }, ALL, ['ES256']],
    ['with the use of a JWT-SVID', { ...p256, use: 'jwt-svid' }, { ...ALL, keyUse: 'jwt_svid' as const }, ['ES256']],
  ])('%s', (_, jwk, rules, algorithms) => {
    expect(readKeySet([{ ...jwk, kid: 'one' }], rules, [])).toMatchObject([{ kid: 'one', algorithms }])
  })

  test('without an ID, if the key has no ID', () => {
    expect(readKeySet([p256], ALL, [])).toMatchObject([{ kid: undefined, jwk: p256 }])
  })
})

describe('the server leaves out a key', () => {
  test.each([
    ['with its private part', jwkOf(ec('P-256').privateKey), ALL],
    ['that is a shared secret', { kty: 'oct', k: 'AAAA' }, ALL],
    ['on P-521', jwkOf(ec('P-521').publicKey), ALL],
    ['for key agreement', jwkOf(generateKeyPairSync('x25519').publicKey), ALL],
    ['that is a point beside its curve', { ...p256, x: p256['y'] }, ALL],
    ['of RSA with 1,024 bits', jwkOf(rsa(1024).publicKey), ALL],
    ['of RSA with more than 4,096 bits', { ...rsa2048, n: Buffer.alloc(513, 0xff).toString('base64url') }, ALL],
    ['with the exponent 3', jwkOf(rsa(2048, 3).publicKey), ALL],
    ['for encryption', { ...p256, use: 'enc' }, ALL],
    ['for signing alone', { ...p256, key_ops: ['sign'] }, ALL],
    ['with the algorithm of another type', { ...p256, alg: 'RS256' }, ALL],
    ['with an algorithm that the source must not use', { ...p256, alg: 'ES256' }, { ...ALL, algorithms: ['RS256'] }],
    ['with an algorithm that is no text', { ...p256, alg: ['ES256'] }, ALL],
    ['with a numeric ID', { ...p256, kid: 7 }, ALL],
    ['with an ID of 129 characters', { ...p256, kid: 'k'.repeat(129) }, ALL],
    ['of a SPIFFE bundle for certificates', { ...p256, use: 'x509-svid' }, { ...ALL, keyUse: 'jwt_svid' as const }],
    ['of a SPIFFE bundle without a use', p256, { ...ALL, keyUse: 'jwt_svid' as const }],
    ['for JWT-SVIDs, if its source is no SPIFFE bundle', { ...p256, use: 'jwt-svid' }, ALL],
    ['that is null', null, ALL],
    ['that is a text', 'key', ALL],
  ])('%s', (_, jwk, rules) => {
    expect(
      readKeySet([jwk, { ...rsa2048, kid: 'good', use: rules.keyUse === 'jwt_svid' ? 'jwt-svid' : 'sig' }], rules, []),
    ).toMatchObject([{ kid: 'good' }])
  })
})

test('a key that is still published stays the same object, and a new key is another object', () => {
  const [first] = readKeySet([{ ...p256, kid: 'one' }], ALL, [])
  const known = first === undefined ? [] : [first]
  const [same, other] = readKeySet([{ ...p256, kid: 'one' }, ed25519], ALL, known)
  expect(same?.jwk).toBe(first?.jwk)
  expect(other?.jwk).not.toBe(first?.jwk)
})
