// The reasons for refusing a token: their order, their names, their texts.

import { describe, expect, test } from 'vitest'
import { describeReason, REASONS } from '../../src/standing.ts'

describe('the reasons for refusing a token', () => {
  test('are in the order in which they are checked', () => {
    expect(REASONS).toEqual([
      'malformed',
      'bad_signature',
      'wrong_audience',
      'unknown',
      'integration_disabled',
      'revoked',
      'superseded',
      'expired',
    ])
  })

  test.each(REASONS)('have a text that is a valid error_description: %s', (reason) => {
    expect(describeReason(reason)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{5,80}$/)
  })

  test('have different texts', () => {
    expect(new Set(REASONS.map((reason) => describeReason(reason))).size).toBe(REASONS.length)
  })
})

describe('the text for a superseded token', () => {
  test('names the time of the supersession, if that is known', () => {
    expect(describeReason('superseded')).toBe('The token was superseded by a newer one')
    expect(describeReason('superseded', { at: '2026-03-01T12:00:00Z' })).toBe(
      'The token was superseded by a newer one at 2026-03-01T12:00:00Z',
    )
  })

  test('is the only text with a time', () => {
    for (const reason of REASONS.filter((other) => other !== 'superseded')) {
      expect(describeReason(reason, { at: '2026-03-01T12:00:00Z' })).toBe(describeReason(reason))
    }
  })
})
