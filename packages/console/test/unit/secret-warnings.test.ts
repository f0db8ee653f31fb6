// The warnings of the console about the ends of secrets and keys.
import type { IntegrationSecret, SigningKey } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { secretWarnings } from '../../src/pages/detail/secret-warnings.ts'
import { rotationStep } from '../../src/pages/signing-keys/rotation-step.ts'
import { at, NOON } from './a-slot.ts'

const DAY = 86_400_000
const secret = (id: string, desired: Partial<IntegrationSecret>): IntegrationSecret => ({
  ...{ id, status: 'active', origin: 'generated', created_at: at(NOON - DAY), ends_at: null, revealable: true },
  ...{ last_used: null, safe_to_retire: { verdict: 'unknown', why: '' } },
  ...desired,
})
const ending = (id: string, ms: number) => secret(id, { status: 'ending', ends_at: at(NOON + ms) })

test('a single secret without an end gives no warning', () => {
  expect(secretWarnings([secret('a', {})], NOON)).toEqual({ ending: [], newestEndsInMs: undefined })
  expect(secretWarnings([], NOON)).toEqual({ ending: [], newestEndsInMs: undefined })
})

test('the console warns of the older secret of a rotation until it has ended', () => {
  const secrets = [ending('old', DAY), secret('new', {})]
  expect(secretWarnings(secrets, NOON).ending.map(({ id }) => id)).toEqual(['old'])
  expect(secretWarnings(secrets, NOON + DAY).ending).toEqual([])
})

test('the console warns of the newest secret two weeks before its end, and not as part of a rotation', () => {
  expect(secretWarnings([ending('new', 14 * DAY)], NOON).newestEndsInMs).toBeUndefined()
  expect(secretWarnings([ending('new', 14 * DAY - 1000)], NOON)).toEqual({
    ending: [],
    newestEndsInMs: 14 * DAY - 1000,
  })
})

test('a later secret that has ended does not make the working secret an old secret', () => {
  const secrets = [ending('working', DAY), secret('ended', { status: 'ended', ends_at: at(NOON - DAY) })]
  expect(secretWarnings(secrets, NOON)).toEqual({ ending: [], newestEndsInMs: DAY })
})

const key = (status: SigningKey['status'], desired: Partial<SigningKey> = {}): SigningKey => ({
  ...{ kid: status, alg: 'ES256', status, created_at: at(NOON - DAY), signs_from: at(NOON - DAY) },
  ...{ retired_at: null, revoked_at: null, accepted_until: null },
  ...desired,
})

test('between rotations the page says how long the current key has signed', () => {
  expect(rotationStep([key('signing'), key('revoked')], NOON)).toEqual({ step: 'idle', sinceMs: DAY })
})

test('a list without a signing key shows no signing time', () => {
  expect(rotationStep([], NOON)).toEqual({ step: 'idle', sinceMs: undefined })
})

test('the page counts down to the first use of a published key, even while an older key is still accepted', () => {
  const keys = [
    key('retired', { accepted_until: at(NOON + DAY) }),
    key('signing'),
    key('next', { signs_from: at(NOON + 5000) }),
  ]
  expect(rotationStep(keys, NOON)).toEqual({ step: 'wait', leftMs: 5000 })
})

test('a rotation ends when the last retired key is removed', () => {
  const keys = [
    key('retired', { accepted_until: at(NOON + 1000) }),
    key('retired', { accepted_until: at(NOON + 9000) }),
    key('signing'),
  ]
  expect(rotationStep(keys, NOON)).toEqual({ step: 'retire', leftMs: 9000 })
  expect(rotationStep(keys, NOON + 9000)).toMatchObject({ step: 'idle' })
})
