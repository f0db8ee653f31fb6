// The public key that an operator pastes: what the page reads of it, and the private key that it finds.
import { generateKeyPairSync } from 'node:crypto'
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

  test('is refused as half of a private JWK', () => {
    const { d, ...others } = jwkOf(privateKey)
    const text = JSON.stringify({ d, ...others })
    expect(readPublicKey(text.slice(0, text.length / 2))).toEqual({ fault: 'private' })
  })

  test('is refused as PEM, and a private key in PEM is named as one', () => {
    expect(readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toEqual({ fault: 'pem' })
    expect(readPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toEqual({ fault: 'private' })
  })
})

test('the key ID and the algorithm of the JWK are those that the page shows', () => {
  const jwk = { ...jwkOf(rsa.publicKey), kid: 'billing-2027', alg: 'PS256' }
  expect(readPublicKey(JSON.stringify(jwk))).toMatchObject({ key: { kid: 'billing-2027', alg: 'PS256' } })
})

test('a key of a type that the server refuses has no algorithm to show', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  expect(readPublicKey(JSON.stringify(jwkOf(publicKey)))).toMatchObject({ key: { type: 'P-384', alg: undefined } })
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
