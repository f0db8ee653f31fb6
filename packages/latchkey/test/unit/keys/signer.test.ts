// Another implementation verifies the tokens of this server.
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { describe, expect, test } from 'vitest'
import { SIGNING_ALGORITHMS } from '../../../src/domain/signing-key.ts'
import { aKeySet, anOpenedKey, AUDIENCE, ISSUER, NOW, retired, someClaims } from './a-key-set.ts'
import { aSigner } from './a-signer.ts'

describe.each(SIGNING_ALGORITHMS)('a token signed with %s', (alg) => {
  const keys = aKeySet(alg)

  test('is verified by jose with the JWKS document', async () => {
    const keySet = await keys
    const jwks = createLocalJWKSet(JSON.parse(keySet.document().text) as JSONWebKeySet)
    const token = await aSigner(keySet).sign(someClaims())
    const { payload, protectedHeader } = await jwtVerify(token, jwks, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      algorithms: [alg],
      currentDate: new Date(NOW * 1000),
    })
    expect(payload).toEqual(someClaims())
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg, kid: keySet.current.record.kid })
  })

  test('has its claims in one order, in any order of the input', async () => {
    const signer = aSigner(await keys)
    const claims = someClaims()
    const shuffled = Object.fromEntries(Object.entries(claims).toReversed()) as typeof claims
    const [first, second] = await Promise.all([signer.sign(claims), signer.sign(shuffled)])
    expect(second.split('.')[1]).toBe(first.split('.')[1])
    // EdDSA and RS256 are deterministic: the same claims under the same key are the same text. ES256 draws a nonce.
    expect(second === first).toBe(alg !== 'ES256')
  })
})

test('each of sixty-four tokens that are signed at once has its own claims', async () => {
  const keySet = await aKeySet('ES256')
  const signer = aSigner(keySet)
  const jwks = createLocalJWKSet(JSON.parse(keySet.document().text) as JSONWebKeySet)
  const tokens = await Promise.all(Array.from({ length: 64 }, (_, gen) => signer.sign(someClaims({ generation: gen }))))
  const read = await Promise.all(tokens.map((token) => jwtVerify(token, jwks, { currentDate: new Date(NOW * 1000) })))
  expect(read.map(({ payload }) => payload['gen'])).toEqual(tokens.map((_, gen) => gen))
})

test('after a rotation new tokens have the ID of the new key', async () => {
  const keySet = await aKeySet('EdDSA')
  const signer = aSigner(keySet)
  const coming = await anOpenedKey('RS256')
  keySet.replace([retired(keySet.current, NOW + 3600), coming], NOW)
  const header = decodeProtectedHeader(await signer.sign(someClaims()))
  expect(header).toMatchObject({ alg: 'RS256', kid: coming.record.kid })
})

test('if signing fails, the result is an error and not a token', async () => {
  const keySet = await aKeySet('EdDSA')
  const broken = { ...keySet.current, digest: 'sha256' as const } // Ed25519 takes no digest
  keySet.replace([broken], NOW)
  await expect(aSigner(keySet).sign(someClaims())).rejects.toThrow(/signing key failed/)
})
