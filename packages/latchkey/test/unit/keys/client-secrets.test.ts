// Client IDs and client secrets.
import { createHash, createHmac } from 'node:crypto'
import { isClientId, isWellFormedClientSecret, Secret } from '@latchkey/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretVault } from '../../../src/keys/client-secrets.ts'
import { SealError } from '../../../src/keys/sealing.ts'
import { someDerivedKeys } from './a-key-set.ts'

const aVault = () => createSecretVault(someDerivedKeys())

test('a generated secret has the documented form, a valid checksum, and the hash that is stored', () => {
  const vault = aVault()
  const { secret, hash } = vault.generate()
  expect(secret.reveal()).toMatch(/^lks_[A-Za-z0-9_-]{36}$/)
  expect(isWellFormedClientSecret(secret.reveal())).toBe(true)
  expect(vault.hash(secret)).toBe(hash)
})

test('a thousand generated secrets and client IDs are all different', () => {
  const vault = aVault()
  const secrets = Array.from({ length: 1000 }, () => vault.generate().secret.reveal())
  const ids = Array.from({ length: 1000 }, () => vault.generateClientId())
  expect(new Set(secrets).size).toBe(1000)
  expect(new Set(ids).size).toBe(1000)
  expect(ids.every(isClientId)).toBe(true)
})

test('every character occurs in generated client IDs, and none noticeably more often', () => {
  const vault = aVault()
  const drawn = Array.from({ length: 4000 }, () => vault.generateClientId().slice(2)).join('')
  const counts = new Map<string, number>()
  for (const character of drawn) counts.set(character, (counts.get(character) ?? 0) + 1)
  expect(counts.size).toBe(36)
  // The test draws 56,000 characters from 36. Each character is expected 1,556 times, with a standard deviation of 39.
  // A deviation of twelve times 39 happens by chance less than once in 10^30 runs.
  for (const count of counts.values()) expect(Math.abs(count - drawn.length / 36)).toBeLessThan(12 * 39)
})

test('ID, colon and secret are 57 bytes, one line of every base64 program', () => {
  const vault = aVault()
  expect(`${vault.generateClientId()}:${vault.generate().secret.reveal()}`).toHaveLength(57)
})

test('a hash is the HMAC-SHA-256, under the pepper, of the SHA-256 of the secret, with one character for each byte', () => {
  const keys = someDerivedKeys()
  const vault = createSecretVault(keys)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const inner = createHash('sha256').update(text).digest()
      const expected = createHmac('sha256', keys.pepper.export()).update(inner).digest('latin1')
      expect(vault.hash(new Secret(text))).toBe(expected)
    }),
  )
})

test('the same secret has a different hash under another master key', () => {
  const secret = new Secret('the same secret')
  expect(aVault().hash(secret)).not.toBe(aVault().hash(secret))
})

describe('a presented secret matches the candidate', () => {
  const vault = aVault()
  const [old, current, wrong] = [vault.generate(), vault.generate(), vault.generate()]
  test.each([
    ['the only one', old, [old.hash], 0],
    ['the first of two', old, [old.hash, current.hash], 0],
    ['the second of two', current, [old.hash, current.hash], 1],
    ['none of two', wrong, [old.hash, current.hash], -1],
    ['not the only one', wrong, [old.hash], -1],
    ['nothing where there is nothing', wrong, [], -1],
  ])('%s', (_name, presented, candidates, index) => {
    expect(vault.matches(presented.secret, candidates)).toBe(index)
  })
})

test('a secret with one character changed matches nothing', () => {
  const vault = aVault()
  const { secret, hash } = vault.generate()
  const text = secret.reveal()
  for (let i = 0; i < text.length; i++) {
    const changed = text.slice(0, i) + (text[i] === 'x' ? 'y' : 'x') + text.slice(i + 1)
    expect(vault.matches(new Secret(changed), [hash])).toBe(-1)
  }
})

test('more than two candidates are refused, because the third would never be compared', () => {
  const vault = aVault()
  const { secret, hash } = vault.generate()
  expect(() => vault.matches(secret, [hash, hash, hash])).toThrow(RangeError)
})

test('a sealed secret can be decrypted for its own row and for no other row', () => {
  const vault = aVault()
  const { secret } = vault.generate()
  const sealed = vault.seal('sec_123', secret)
  expect(vault.open('sec_123', sealed).reveal()).toBe(secret.reveal())
  expect(() => vault.open('sec_124', sealed)).toThrow(SealError)
})

test('neither hash nor sealed bytes contain the secret', () => {
  const vault = aVault()
  const { secret, hash } = vault.generate()
  expect(hash).not.toContain(secret.reveal())
  expect(Buffer.from(vault.seal('sec_123', secret)).toString('latin1')).not.toContain(secret.reveal())
})
