// Checks whether the server itself signed a token.
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../../src/domain/signing-key.ts'
import type { KeySet } from '../../../src/keys/key-set.ts'
import { createTokenSignatures } from '../../../src/keys/token-signatures.ts'
import { forgedTokens, signedWith } from '../../forged-tokens.ts'
import { aKeySet, anOpenedKey, ISSUER, next, NOW, retired, revoked, someClaims } from './a-key-set.ts'
import { aSigner, aToken } from './a-signer.ts'

const signaturesOf = (keySet: KeySet, cacheSize = 100) => createTokenSignatures({ keySet, issuer: ISSUER, cacheSize })

const ACCEPTED = { ok: true, value: someClaims() }
const refused = (reason: string) => ({ ok: false, refusal: reason })

async function prepare(alg: SigningAlgorithm) {
  const keySet = await aKeySet(alg)
  const { privateKey } = keySet.current
  const token = await aToken(keySet, someClaims())
  return { keySet, privateKey, token, forged: forgedTokens({ token, privateKey }) }
}

const prepared = await Promise.all(SIGNING_ALGORITHMS.map(async (alg) => ({ alg, ...(await prepare(alg)) })))

describe.each(prepared)('under a key for $alg', ({ alg, keySet, privateKey, token, forged }) => {
  test('a token of this server is accepted, the first time and from the cache', () => {
    const signatures = signaturesOf(keySet)
    expect(signatures.verify(token)).toEqual(ACCEPTED)
    expect(signatures.verify(token)).toEqual(ACCEPTED)
  })

  test("a token that jose made with the server's key is accepted", async () => {
    const theirs = await new SignJWT({ ...someClaims(), scp: [...someClaims().scp] })
      .setProtectedHeader({ alg, kid: keySet.current.record.kid, typ: 'application/at+jwt' })
      .sign(privateKey)
    expect(signaturesOf(keySet).verify(theirs)).toEqual(ACCEPTED)
  })

  test('a forged token has the same signature as a token of the key, so that each forgery is refused only for its own fault', () => {
    const header = JSON.stringify({
      typ: 'AT+JWT',
      alg,
      kid: keySet.current.record.kid,
      note: 'unknown members are fine',
    })
    const payload = JSON.stringify({ ...someClaims(), later: { claims: ['are', 'left', 'out'] } }, null, 2)
    expect(signaturesOf(keySet).verify(signedWith(privateKey, header, payload))).toEqual(ACCEPTED)
  })

  test.each(forged)('a forged token is refused as $reason: $name', ({ token: text, reason }) => {
    const signatures = signaturesOf(keySet)
    expect(signatures.verify(token)).toEqual(ACCEPTED)
    expect([signatures.verify(text), signatures.verify(text)]).toEqual([refused(reason), refused(reason)])
  })
})

const [{ keySet: rsa, token: rsaToken, forged: rsaForged }] = prepared as [(typeof prepared)[0]]

test('the receiver of accepted claims cannot change them', () => {
  const outcome = signaturesOf(rsa).verify(rsaToken)
  expect(outcome).toEqual(ACCEPTED)
  if (!outcome.ok) return
  expect([outcome, outcome.value, outcome.value.scp].every(Object.isFrozen)).toBe(true)
})

test('a cached signature is not accepted after its key was removed', async () => {
  const keySet = await aKeySet('EdDSA')
  const leaked = keySet.current
  const signatures = signaturesOf(keySet)
  const token = await aToken(keySet, someClaims())
  expect(signatures.verify(token)).toEqual(ACCEPTED)
  keySet.replace([retired(leaked, NOW), await anOpenedKey('EdDSA')], NOW)
  expect(signatures.verify(token)).toEqual(refused('bad_signature'))
  keySet.replace([leaked], NOW)
  expect(signatures.verify(token)).toEqual(ACCEPTED)
})

test('a token of a revoked key is distinguished from a token that the server never issued, whether its signature is cached or not', async () => {
  const keySet = await aKeySet('EdDSA')
  const leaked = keySet.current
  const seen = signaturesOf(keySet)
  const token = await aToken(keySet, someClaims())
  expect(seen.verify(token)).toEqual(ACCEPTED)
  keySet.replace([revoked(leaked), await anOpenedKey('EdDSA')], NOW)
  for (const signatures of [seen, signaturesOf(keySet)]) expect(signatures.verify(token)).toEqual(refused('revoked'))
  const altered = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBA' : 'AAAA'}`
  expect(seen.verify(altered)).toEqual(refused('bad_signature'))
})

test('a cached signature does not count for another key with the same kid', async () => {
  const keySet = await aKeySet('EdDSA')
  const signatures = signaturesOf(keySet)
  const token = await aToken(keySet, someClaims())
  expect(signatures.verify(token)).toEqual(ACCEPTED)
  const another = await anOpenedKey('EdDSA')
  keySet.replace([{ ...another, record: { ...another.record, kid: keySet.current.record.kid } }], NOW)
  expect(signatures.verify(token)).toEqual(refused('bad_signature'))
})

test('tokens of a retired key and of the next key are accepted, and so are tokens of the signing key', async () => {
  const [old, current, coming] = [await anOpenedKey('RS256'), await anOpenedKey('ES256'), await anOpenedKey('EdDSA')]
  const keySet = await aKeySet('EdDSA')
  const tokens: string[] = []
  for (const key of [old, current, coming]) {
    keySet.replace([key], NOW)
    tokens.push(await aToken(keySet, someClaims()))
  }
  keySet.replace([retired(old, NOW + 1), current, next(coming)], NOW)
  const signatures = signaturesOf(keySet)
  expect(tokens.map((token) => signatures.verify(token))).toEqual([ACCEPTED, ACCEPTED, ACCEPTED])
})

test('a flood of refused tokens does not remove a valid token from the cache', () => {
  const signatures = signaturesOf(rsa, 1)
  const first = signatures.verify(rsaToken)
  for (const { token } of rsaForged) expect(signatures.verify(token)).toMatchObject({ ok: false })
  // The same object as in the first answer, so the token was not read again.
  expect(signatures.verify(rsaToken)).toBe(first)
})

test('more tokens than the cache can keep are all distinguished', async () => {
  const keySet = await aKeySet('ES256')
  const signatures = signaturesOf(keySet, 2)
  const signer = aSigner(keySet)
  const tokens = await Promise.all([1, 2, 3, 4, 5].map((generation) => signer.sign(someClaims({ generation }))))
  for (let round = 0; round < 2; round++) {
    const read = tokens.map((token) => signatures.verify(token))
    expect(read).toEqual([1, 2, 3, 4, 5].map((generation) => ({ ok: true, value: someClaims({ generation }) })))
  }
})
