// Making, sealing and opening signing keys.
import { calculateJwkThumbprint, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { SIGNING_ALGORITHMS } from '../../../src/domain/signing-key.ts'
import { SealError, Sealing } from '../../../src/keys/sealing.ts'
import { generateSigningKey, openSigningKey } from '../../../src/keys/signing-keys.ts'
import { NOW, someDerivedKeys } from './a-key-set.ts'

const aSealing = () => new Sealing(someDerivedKeys().keySealing)

describe.each(SIGNING_ALGORITHMS)('a new %s key', (alg) => {
  const sealing = aSealing()
  const made = generateSigningKey({ alg, status: 'signing', createdAt: NOW, sealing })

  test('is named by its RFC 7638 thumbprint', async () => {
    const record = await made
    expect(record.kid).toBe(await calculateJwkThumbprint({ ...record.publicJwk }, 'sha256'))
    expect(record.publicJwk.kid).toBe(record.kid)
  })

  test('publishes the members of a public signing key and no other members', async () => {
    const { publicJwk } = await made
    const material = { RS256: ['e', 'kty', 'n'], ES256: ['crv', 'kty', 'x', 'y'], EdDSA: ['crv', 'kty', 'x'] }[alg]
    expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'kid', 'use', ...material].sort())
    expect(publicJwk).toMatchObject({ alg, use: 'sig' })
    expect(await importJWK({ ...publicJwk }, alg)).toMatchObject({ type: 'public' })
  })

  test('can be opened from its record under the master key that sealed it', async () => {
    const record = await made
    const opened = openSigningKey(record, sealing)
    expect(opened.record).toBe(record)
    expect(opened.publicKey.export({ format: 'jwk' })).toMatchObject({ kty: record.publicJwk.kty })
    expect(JSON.parse(Buffer.from(opened.header, 'base64url').toString())).toEqual({
      typ: 'at+jwt',
      alg,
      kid: record.kid,
    })
  })

  test('cannot be opened under another master key', async () => {
    const record = await made
    expect(() => openSigningKey(record, aSealing())).toThrow(SealError)
  })

  test('leaves its private key out of the record', async () => {
    const record = await made
    const { d } = openSigningKey(record, sealing).privateKey.export({ format: 'jwk' })
    const bytes = Buffer.from(d ?? '', 'base64url')
    expect(bytes.length).toBeGreaterThanOrEqual(32)
    expect(Buffer.from(record.sealedPrivateKey).includes(bytes)).toBe(false)
    expect(JSON.stringify(record.publicJwk)).not.toContain(d)
  })
})

test('a public key that was put in the record without the master key is noticed', async () => {
  const sealing = aSealing()
  const ours = await generateSigningKey({ alg: 'ES256', status: 'signing', createdAt: NOW, sealing })
  const theirs = await generateSigningKey({ alg: 'ES256', status: 'signing', createdAt: NOW, sealing: aSealing() })
  const underOurName = { ...ours, publicJwk: { ...theirs.publicJwk, kid: ours.kid } }
  expect(() => openSigningKey(underOurName, sealing)).toThrow(/contradicts its private key/)
})

test('the sealed private key of one record cannot be opened in another', async () => {
  const sealing = aSealing()
  const first = await generateSigningKey({ alg: 'EdDSA', status: 'signing', createdAt: NOW, sealing })
  const second = await generateSigningKey({ alg: 'EdDSA', status: 'signing', createdAt: NOW, sealing })
  expect(() => openSigningKey({ ...first, sealedPrivateKey: second.sealedPrivateKey }, sealing)).toThrow(SealError)
})

test('a record whose algorithm was changed cannot be opened', async () => {
  const sealing = aSealing()
  const record = await generateSigningKey({ alg: 'ES256', status: 'signing', createdAt: NOW, sealing })
  expect(() => openSigningKey({ ...record, alg: 'RS256' }, sealing)).toThrow(/cannot sign RS256/)
})
