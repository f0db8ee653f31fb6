// Which integrations need the attention of an operator, and for which reasons.
import { describe, expect, test } from 'vitest'
import type { Credential } from '../../../src/domain/credential.ts'
import { areRising, attentionReasons, unusedBefore } from '../../../src/domain/attention.ts'

const NOW = 1_800_000_000
const DAY = 86_400
const CALM = { isContended: false, areRefusalsRising: false }

const NO_CREDENTIALS: readonly Credential[] = []

const secret = (id: string, endsAt: number | undefined) => ({ id, hash: endsAt === 0 ? '' : 'h', endsAt })
const reasons = (
  secrets: readonly (number | undefined)[],
  { enabled = true, trouble = CALM, lastUsedAt = NOW, credentials = NO_CREDENTIALS } = {},
) =>
  attentionReasons(
    { enabled, credentials, secrets: secrets.map((end, index) => secret(`sec_${String(index)}`, end)) },
    { trouble, lastUsedAt },
    NOW,
  )

describe('an integration', () => {
  test('that is in use and has one secret without an end needs no attention', () => {
    expect(reasons([undefined])).toEqual([])
  })

  test('needs attention from 14 days before its last secret ends, and after it ended', () => {
    expect(reasons([NOW + 14 * DAY])).toEqual([])
    expect(reasons([NOW + 14 * DAY - 1])).toEqual([{ kind: 'secret_ends', at: NOW + 14 * DAY - 1 }])
    expect(reasons([NOW - 30, NOW - 3])).toEqual([{ kind: 'secret_ends', at: NOW - 3 }])
  })

  test('needs no attention for an ended secret once it has a key that works', () => {
    const key = (endsAt: number | undefined): Credential => ({
      ...{ kind: 'key', id: 'key_1', kid: 'one', alg: 'ES256', maxLifetimeSeconds: 300, endsAt },
      jwk: { crv: 'P-256', kty: 'EC', x: 'eA', y: 'eQ' },
    })
    expect(reasons([NOW - 3], { credentials: [key(undefined)] })).toEqual([])
    expect(reasons([NOW - 3], { credentials: [key(NOW - 1)] })).toEqual([{ kind: 'secret_ends', at: NOW - 3 }])
  })

  test('is marked as rotating while two secrets are valid, until the older secret ends', () => {
    expect(reasons([NOW + 60, undefined])).toEqual([{ kind: 'rotating', at: NOW + 60 }])
    expect(reasons([NOW, undefined])).toEqual([])
  })

  test('shows all its reasons, the most urgent first', () => {
    const trouble = { isContended: true, areRefusalsRising: true }
    const found = reasons([NOW + 1, NOW + 2], { trouble, lastUsedAt: NOW - 91 * DAY })
    expect(found.map(({ kind }) => kind)).toEqual(['contended', 'secret_ends', 'refusals_rising', 'rotating', 'unused'])
  })

  test('is unused after 90 days without a use', () => {
    expect(unusedBefore(NOW)).toBe(NOW - 90 * DAY)
    expect(reasons([undefined], { lastUsedAt: NOW - 90 * DAY })).toEqual([])
    expect(reasons([undefined], { lastUsedAt: NOW - 90 * DAY - 1 })).toEqual([
      { kind: 'unused', at: NOW - 90 * DAY - 1 },
    ])
  })

  test('that is disabled needs no attention', () => {
    const trouble = { isContended: true, areRefusalsRising: true }
    expect(reasons([0, NOW + 1, NOW + 2], { enabled: false, trouble, lastUsedAt: 0 })).toEqual([])
  })
})

test.each([
  [[], false],
  [[9], false],
  [[10], true],
  [[10, 0], true],
  [[10, 0, 0], false],
  [[5, 6, 5, 9, 12], true],
  [[7, 7, 7, 13], false],
  [[7, 7, 7, 14], true],
  [[100, 100, 100, 100], false],
])('refusals in the hours %j are rising: %s', (hours, rising) => {
  expect(areRising(hours)).toBe(rising)
})
