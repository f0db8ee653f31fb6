// Which public keys an integration may register.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { readClientKey } from '../../../src/keys/client-keys.ts'

const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })

describe('a registered key', () => {
  test.each([
    ['P-256', ec('P-256').publicKey, 'ES256'],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey, 'EdDSA'],
    ['RSA of 2,048 bits', rsa(2048).publicKey, 'RS256'],
  ])('%s has its algorithm, and its thumbprint as its ID', async (_, key, alg) => {
    const jwk = jwkOf(key)
    const kid = await calculateJwkThumbprint(jwk)
    expect(readClientKey(jwk)).toEqual({ ok: true, value: { kid, alg, jwk } })
  })

  test('keeps the ID and the algorithm that it names, and only its public members', () => {
    const jwk = jwkOf(rsa(2048).publicKey)
    const given = { ...jwk, kid: 'mine', alg: 'PS256', use: 'sig', key_ops: ['verify'], more: 'x' }
    expect(readClientKey(given)).toEqual({ ok: true, value: { kid: 'mine', alg: 'PS256', jwk } })
  })

  const good = jwkOf(ec('P-256').publicKey)
  test.each([
    ['its private part', jwkOf(ec('P-256').privateKey), 'private_key'],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }, 'private_key'],
    ['P-384', jwkOf(ec('P-384').publicKey), 'key_type_unusable'],
    ['a point beside its curve', { ...good, x: good['y'] }, 'key_type_unusable'],
    ['RSA of 1,024 bits', jwkOf(rsa(1024).publicKey), 'key_size_unusable'],
    ['RSA of 2,056 bits', jwkOf(rsa(2056).publicKey), 'key_size_unusable'],
    ['the exponent 3', jwkOf(rsa(2048, 3).publicKey), 'key_size_unusable'],
    ['the use of encryption', { ...good, use: 'enc' }, 'key_use_unusable'],
    ['operations without verify', { ...good, key_ops: ['sign'] }, 'key_use_unusable'],
    ['the algorithm of another type', { ...good, alg: 'RS256' }, 'key_alg_unusable'],
    ['an ID of 129 characters', { ...good, kid: 'k'.repeat(129) }, 'kid_unusable'],
    ['a numeric ID', { ...good, kid: 7 }, 'kid_unusable'],
  ])('is refused with %s', (_, jwk, refusal) => {
    expect(readClientKey(jwk)).toEqual({ ok: false, refusal })
  })
})
