// The public key that an operator pastes: what the page reads of it, and the private key that it finds.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readPublicKey } from '../../src/components/public-key.ts'

const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PAIRS = [
  ['Ed25519', 'EdDSA', ed25519],
  ['P-256', 'ES256', p256],
  ['RSA', 'RS256', rsa],
] as const

const jwkOf = (key: typeof ed25519.publicKey): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) })

const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`

describe.each(PAIRS)('a key of the type %s', (type, alg, { publicKey, privateKey }) => {
  test('is read with its algorithm, and is sent as it was pasted', () => {
    const jwk = jwkOf(publicKey)
    expect(readPublicKey(` ${JSON.stringify(jwk)}\n`)).toEqual({ key: { jwk, type, alg, kid: undefined } })
  })

  test('is refused as a JWK with private members, alone and in a set', () => {
    const jwk = jwkOf(privateKey)
    expect(readPublicKey(JSON.stringify(jwk))).toEqual({ fault: 'private' })
    expect(readPublicKey(JSON.stringify({ keys: [jwkOf(publicKey), jwk] }))).toEqual({ fault: 'private' })
  })

  test('is refused if the text is half of a private JWK', () => {
    const { d, ...others } = jwkOf(privateKey)
    const text = JSON.stringify({ d, ...others })
    expect(readPublicKey(text.slice(0, text.length / 2))).toEqual({ fault: 'private' })
  })

  test('is read from PEM as the JWK that OpenSSL makes of it', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(readPublicKey(pem)).toEqual({ key: { jwk: jwkOf(publicKey), type, alg, kid: undefined } })
    expect(readPublicKey(` \n${pem.replaceAll('\n', '\r\n')}`)).toMatchObject({ key: { type, alg } })
  })

  test('is refused as a private key in PEM, even if the text also has the public key', () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(readPublicKey(pem)).toEqual({ fault: 'private' })
    expect(readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString() + pem)).toEqual({
      fault: 'private',
    })
    expect(readPublicKey(pem.slice(0, pem.length / 2))).toEqual({ fault: 'private' })
  })

  test('is refused if its PEM is incomplete or contains more than the key', () => {
    const der = publicKey.export({ type: 'spki', format: 'der' })
    for (const bytes of [der.subarray(0, -1), Buffer.concat([der, Buffer.from([5, 0])]), der.subarray(0, 1)])
      expect(readPublicKey(pemOf('PUBLIC KEY', bytes))).toEqual({ fault: 'pem' })
    expect(readPublicKey(pemOf('CERTIFICATE', der))).toEqual({ fault: 'pem' })
  })
})

test('the key ID and the algorithm of the JWK are those that the page shows', () => {
  const jwk = { ...jwkOf(rsa.publicKey), kid: 'billing-2027', alg: 'PS256' }
  expect(readPublicKey(JSON.stringify(jwk))).toMatchObject({ key: { kid: 'billing-2027', alg: 'PS256' } })
})

test('a key of a type that the server refuses has no algorithm to show', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  expect(readPublicKey(JSON.stringify(jwkOf(publicKey)))).toMatchObject({ key: { type: 'P-384', alg: undefined } })
  expect(readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toEqual({ fault: 'pem' })
})

test('a modulus keeps its length if its first bit is 0', () => {
  const modulus = Buffer.alloc(256, 0x7f)
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  expect(readPublicKey(pem)).toMatchObject({ key: { jwk } })
})

test.each([
  ['', 'missing'],
  [' \n', 'missing'],
  ['{"keys":[]}', 'set'],
  ['{}', 'malformed'],
  ['[]', 'malformed'],
  ['null', 'malformed'],
  ['{"kty":', 'malformed'],
  ['a secret', 'malformed'],
])('the text %j is no key: %s', (text, fault) => {
  expect(readPublicKey(text)).toEqual({ fault })
})
