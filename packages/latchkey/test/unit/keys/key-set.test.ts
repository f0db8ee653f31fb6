// The keys of the process and the JWKS document.
import { expect, test } from 'vitest'
import { KeySet } from '../../../src/keys/key-set.ts'
import { anOpenedKey, next, NOW, retired, revoked } from './a-key-set.ts'

const kidsOf = (keySet: KeySet): string[] => keySet.jwks().keys.map((key) => key.kid)

const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map((createdAt) => anOpenedKey('EdDSA', createdAt)))
if (a === undefined || b === undefined || c === undefined || d === undefined)
  throw new Error('four keys were asked for')

test('the key set signs with the signing key and accepts next and retired keys by their kid', () => {
  const [old, coming] = [retired(a, NOW + 10), next(c)]
  const keySet = new KeySet([old, b, coming], NOW)
  expect(keySet.current).toBe(b)
  expect([a, b, c, d].map((key) => keySet.accepted(key.record.kid))).toEqual([old, b, coming, undefined])
})

test('a kid that is the name of a built-in property finds no key', () => {
  const keySet = new KeySet([a], NOW)
  expect(['__proto__', 'constructor', 'toString', ''].map((kid) => keySet.accepted(kid))).toEqual(
    Array(4).fill(undefined),
  )
})

test('a retired key whose last token has expired is neither accepted nor published', () => {
  const keySet = new KeySet([b, retired(a, NOW)], NOW)
  expect(keySet.accepted(a.record.kid)).toBeUndefined()
  expect(kidsOf(keySet)).toEqual([b.record.kid])
})

test('a revoked key is neither accepted nor published, but the server still knows it as revoked', () => {
  const leaked = revoked(a)
  const keySet = new KeySet([leaked, b], NOW)
  expect(keySet.accepted(a.record.kid)).toBeUndefined()
  expect(kidsOf(keySet)).toEqual([b.record.kid])
  expect([a, b].map((key) => keySet.revoked(key.record.kid))).toEqual([leaked, undefined])
})

test('the document lists the signing key, then the next keys, then the retired keys, in any order of the input', () => {
  const keys = [retired(d, NOW + 10), next(a), b, retired(c, NOW + 10)]
  const expected = [b, a, c, d].map((key) => key.record.kid)
  expect(kidsOf(new KeySet(keys, NOW))).toEqual(expected)
  expect(kidsOf(new KeySet(keys.toReversed(), NOW))).toEqual(expected)
})

test('the document is the JWK Set as JSON, with a strong entity tag that names exactly these bytes', () => {
  const keySet = new KeySet([a], NOW)
  const { text, etag } = keySet.document()
  expect(JSON.parse(text)).toEqual({ keys: [a.record.publicJwk] })
  expect(etag).toMatch(/^"[A-Za-z0-9_-]{43}"$/)
  expect(new KeySet([a], NOW).document()).toEqual({ text, etag })
  expect(new KeySet([b], NOW).document().etag).not.toBe(etag)
})

test('replacing the keys changes signing, acceptance and document at once', () => {
  const keySet = new KeySet([a], NOW)
  const before = keySet.document()
  const old = retired(a, NOW + 10)
  keySet.replace([old, b], NOW)
  expect(keySet.current).toBe(b)
  expect(keySet.accepted(a.record.kid)).toBe(old)
  expect(keySet.document().etag).not.toBe(before.etag)
})

test('a key set without exactly one signing key is refused, and the previous keys stay', () => {
  const keySet = new KeySet([a], NOW)
  expect(() => {
    keySet.replace([next(b)], NOW)
  }).toThrow(/no signing key has the status "signing"/)
  expect(() => {
    keySet.replace([a, b], NOW)
  }).toThrow(/2 keys have the status "signing"/)
  expect(() => new KeySet([], NOW)).toThrow(/no signing key has the status "signing"/)
  expect(keySet.current).toBe(a)
  expect(kidsOf(keySet)).toEqual([a.record.kid])
})
