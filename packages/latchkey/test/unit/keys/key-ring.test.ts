// The keys of the process and the JWKS document.
import { expect, test } from 'vitest'
import { KeyRing } from '../../../src/keys/key-ring.ts'
import { anOpenedKey, next, NOW, retired, revoked } from './a-key-ring.ts'

const kidsOf = (ring: KeyRing): string[] => ring.jwks().keys.map((key) => key.kid)

const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map((createdAt) => anOpenedKey('EdDSA', createdAt)))
if (a === undefined || b === undefined || c === undefined || d === undefined)
  throw new Error('four keys were asked for')

test('the ring signs with the signing key and accepts next and retired ones by their kid', () => {
  const [old, coming] = [retired(a, NOW + 10), next(c)]
  const ring = new KeyRing([old, b, coming], NOW)
  expect(ring.current).toBe(b)
  expect([a, b, c, d].map((key) => ring.accepted(key.record.kid))).toEqual([old, b, coming, undefined])
})

test('no name that every object has is a key', () => {
  const ring = new KeyRing([a], NOW)
  expect(['__proto__', 'constructor', 'toString', ''].map((kid) => ring.accepted(kid))).toEqual(
    Array(4).fill(undefined),
  )
})

test('a retired key whose last token is over is neither accepted nor published', () => {
  const ring = new KeyRing([b, retired(a, NOW)], NOW)
  expect(ring.accepted(a.record.kid)).toBeUndefined()
  expect(kidsOf(ring)).toEqual([b.record.kid])
})

test('a revoked key is neither accepted nor published, and known as revoked', () => {
  const leaked = revoked(a)
  const ring = new KeyRing([leaked, b], NOW)
  expect(ring.accepted(a.record.kid)).toBeUndefined()
  expect(kidsOf(ring)).toEqual([b.record.kid])
  expect([a, b].map((key) => ring.revoked(key.record.kid))).toEqual([leaked, undefined])
})

test('the document lists the signing key, the next, then the retired, whatever order they come in', () => {
  const keys = [retired(d, NOW + 10), next(a), b, retired(c, NOW + 10)]
  const expected = [b, a, c, d].map((key) => key.record.kid)
  expect(kidsOf(new KeyRing(keys, NOW))).toEqual(expected)
  expect(kidsOf(new KeyRing(keys.toReversed(), NOW))).toEqual(expected)
})

test('the document is the JWK Set as JSON, with a strong entity tag that names exactly these bytes', () => {
  const ring = new KeyRing([a], NOW)
  const { text, etag } = ring.document()
  expect(JSON.parse(text)).toEqual({ keys: [a.record.publicJwk] })
  expect(etag).toMatch(/^"[A-Za-z0-9_-]{43}"$/)
  expect(new KeyRing([a], NOW).document()).toEqual({ text, etag })
  expect(new KeyRing([b], NOW).document().etag).not.toBe(etag)
})

test('replacing the keys changes signing, acceptance and document at once', () => {
  const ring = new KeyRing([a], NOW)
  const before = ring.document()
  const old = retired(a, NOW + 10)
  ring.replace([old, b], NOW)
  expect(ring.current).toBe(b)
  expect(ring.accepted(a.record.kid)).toBe(old)
  expect(ring.document().etag).not.toBe(before.etag)
})

test('a ring without exactly one signing key is refused and the keys before it stay', () => {
  const ring = new KeyRing([a], NOW)
  expect(() => {
    ring.replace([next(b)], NOW)
  }).toThrow(/no key is marked as signing/)
  expect(() => {
    ring.replace([a, b], NOW)
  }).toThrow(/2 keys are marked as signing/)
  expect(() => new KeyRing([], NOW)).toThrow(/no key is marked as signing/)
  expect(ring.current).toBe(a)
  expect(kidsOf(ring)).toEqual([a.record.kid])
})
