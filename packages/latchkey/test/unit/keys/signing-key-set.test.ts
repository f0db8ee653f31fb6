// The changes of the set of signing keys, and the time of the next change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeKeySet, type ChangedKeySet, type KeySetChange, nextStepAt } from '../../../src/domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../../../src/domain/signing-key.ts'
import { NOW } from './a-key-set.ts'
import { aRecord } from './a-signing-key-record.ts'

const LIFETIME = { lifetimeSeconds: 3600 }

const signing = aRecord({ kid: 'signing', signsFrom: NOW - 1000 })
const next = aRecord({ kid: 'next', status: 'next', signsFrom: NOW + 600 })
const retired = aRecord({ kid: 'old', status: 'retired', retiredAt: NOW - 1000, acceptedUntil: NOW + 100 })
const fresh = aRecord({ kid: 'fresh', status: 'next' })

function changed(keys: readonly SigningKeyRecord[], change: KeySetChange, now = NOW, lastEnd = 0): ChangedKeySet {
  const outcome = changeKeySet(keys, change, { now, lastTokenEndsAt: () => lastEnd })
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value
}

const statuses = ({ keys }: ChangedKeySet): Record<string, string> =>
  Object.fromEntries(keys.map(({ kid, status }) => [kid, status]))
const events = ({ steps }: ChangedKeySet): string[] =>
  steps.map(({ event, before, after }) => `${event} ${(after ?? before)?.kid ?? ''}`)

describe('publishing a key', () => {
  test('adds it as the next key, which signs once verifiers have had time to fetch it', () => {
    const after = changed([signing], { kind: 'publish', key: fresh, leadSeconds: 600 })
    expect(statuses(after)).toEqual({ signing: 'signing', fresh: 'next' })
    expect(after.keys.at(-1)?.signsFrom).toBe(NOW + 600)
    expect(events(after)).toEqual(['published fresh'])
  })

  test('is refused while another key is next', () => {
    const change = { kind: 'publish', key: fresh, leadSeconds: 600 } as const
    const outcome = changeKeySet([signing, next], change, { now: NOW, lastTokenEndsAt: () => 0 })
    expect(outcome).toEqual({ ok: false, refusal: { reason: 'rotation_in_progress' } })
  })
})

describe('a due step', () => {
  test('is not taken before its time', () => {
    const keys = [retired, signing, next]
    const after = changed(keys, { kind: 'advance', dueBy: Infinity, ...LIFETIME }, NOW + 99)
    expect(after.keys).toEqual(keys)
    expect(after.steps).toEqual([])
  })

  test('lets the next key sign and retires the previous key, at the same time', () => {
    const now = NOW + 600
    const after = changed([signing, next], { kind: 'advance', dueBy: Infinity, ...LIFETIME }, now)
    expect(after.keys).toMatchObject([
      { kid: 'signing', status: 'retired', retiredAt: now, acceptedUntil: now + 3600 },
      { kid: 'next', status: 'signing', signsFrom: now, retiredAt: null, acceptedUntil: null },
    ])
    expect(events(after)).toEqual(['retired signing', 'activated next'])
  })

  test('removes a retired key after its last live token has expired, even if that token had a longer lifetime than new tokens', () => {
    const after = changed([signing, next], { kind: 'advance', dueBy: Infinity, ...LIFETIME }, NOW + 600, NOW + 80_000)
    expect(after.keys[0]?.acceptedUntil).toBe(NOW + 80_000)
  })

  test('removes a retired key at the end of its last token', () => {
    const after = changed([retired, signing], { kind: 'advance', dueBy: Infinity, ...LIFETIME }, NOW + 100)
    expect(statuses(after)).toEqual({ signing: 'signing' })
    expect(events(after)).toEqual(['removed old'])
  })

  test('that was missed while the machine slept is taken later', () => {
    const after = changed([retired, signing, next], { kind: 'advance', dueBy: Infinity, ...LIFETIME }, NOW + 90_000)
    expect(statuses(after)).toEqual({ signing: 'retired', next: 'signing' })
  })

  test('has the earliest time of all steps', () => {
    expect(nextStepAt([signing])).toBeUndefined()
    expect(nextStepAt([signing, next])).toBe(NOW + 600)
    expect(nextStepAt([retired, signing, next])).toBe(NOW + 100)
  })
})

test('a key of another algorithm signs at once, and a next key of the old algorithm is removed', () => {
  const key = aRecord({ kid: 'other', alg: 'ES256' })
  const after = changed([signing, next], { kind: 'sign_with', key, ...LIFETIME })
  expect(statuses(after)).toEqual({ signing: 'retired', other: 'signing' })
  expect(after.keys[0]?.acceptedUntil).toBe(NOW + 3600)
})

describe('revoking', () => {
  const revoke = (kid: string): KeySetChange => ({ kind: 'revoke', kid, substitute: fresh, ...LIFETIME })

  test('the key that signs lets a substitute sign', () => {
    const after = changed([signing], revoke('signing'))
    expect(after.keys).toMatchObject([
      { kid: 'signing', status: 'revoked', retiredAt: NOW, revokedAt: NOW, acceptedUntil: NOW + 3600 },
      { kid: 'fresh', status: 'signing', signsFrom: NOW },
    ])
    expect(events(after)).toEqual(['revoked signing', 'activated fresh'])
  })

  test('the key that signs lets the published next key sign', () => {
    const after = changed([signing, next], revoke('signing'))
    expect(statuses(after)).toEqual({ signing: 'revoked', next: 'signing' })
  })

  test('a retired key changes no other key, and its record is kept no longer than before', () => {
    const after = changed([retired, signing], revoke('old'))
    expect(statuses(after)).toEqual({ old: 'revoked', signing: 'signing' })
    expect(after.keys[0]).toMatchObject({ retiredAt: NOW - 1000, acceptedUntil: NOW + 100 })
  })

  test('the next key removes it, because it has signed nothing', () => {
    const after = changed([signing, next], revoke('next'))
    expect(statuses(after)).toEqual({ signing: 'signing' })
    expect(events(after)).toEqual(['revoked next'])
  })

  test('a revoked key changes nothing', () => {
    const before = changed([signing], revoke('signing')).keys
    expect(changed(before, revoke('signing'))).toMatchObject({ keys: before, steps: [] })
  })

  test('a key that does not exist is refused', () => {
    const outcome = changeKeySet([signing], revoke('nobody'), { now: NOW, lastTokenEndsAt: () => 0 })
    expect(outcome).toEqual({ ok: false, refusal: { reason: 'unknown_signing_key' } })
  })
})

test('after any changes in any order, exactly one key signs and at most one is next', () => {
  const act = fc.record({
    kind: fc.constantFrom('publish', 'advance', 'sign_with', 'revoke'),
    wait: fc.integer({ min: 0, max: 5000 }),
    which: fc.nat(5),
  })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      let keys: readonly SigningKeyRecord[] = [signing]
      let now = NOW
      acts.forEach(({ kind, wait, which }, index) => {
        now += wait
        const key = aRecord({ kid: `k${String(index)}`, status: 'next' })
        const kid = keys[which % keys.length]?.kid ?? ''
        const changes: Record<typeof kind, KeySetChange> = {
          publish: { kind: 'publish', key, leadSeconds: 600 },
          advance: { kind: 'advance', dueBy: Infinity, ...LIFETIME },
          sign_with: { kind: 'sign_with', key, ...LIFETIME },
          revoke: { kind: 'revoke', kid, substitute: key, ...LIFETIME },
        }
        const outcome = changeKeySet(keys, changes[kind], { now, lastTokenEndsAt: () => 0 })
        if (outcome.ok) ({ keys } = outcome.value)
        expect(keys.filter(({ status }) => status === 'signing')).toHaveLength(1)
        expect(keys.filter(({ status }) => status === 'next').length).toBeLessThan(2)
        expect(new Set(keys.map((other) => other.kid)).size).toBe(keys.length)
      })
    }),
  )
})
