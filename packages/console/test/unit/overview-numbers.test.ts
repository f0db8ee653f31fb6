// The numbers of the overview: the time since which they count, and their change.
import { expect, test } from 'vitest'
import { sinceText } from '../../src/components/coverage.ts'
import { changeText } from '../../src/pages/overview/change.ts'
import { commitText } from '../../src/pages/overview/commit-text.ts'

const NOW = Date.parse('2026-01-31T13:30:00Z')

test('numbers that cover only a part of their period say since when they count, and that a restart is the reason', () => {
  const restarted = { since: '2026-01-31T13:04:00Z', restarted_at: '2026-01-31T13:04:00Z' }
  expect(sinceText(restarted, 'minutes', NOW)).toBe('since 13:04 UTC (restart)')
  expect(sinceText({ ...restarted, restarted_at: null }, 'minutes', NOW)).toBe('since 13:04 UTC')
  expect(sinceText({ since: '2026-01-30T20:00:00Z', restarted_at: null }, 'half_hours', NOW)).toBe(
    'since 30 Jan, 20:00 UTC',
  )
})

test('numbers that cover their whole period do not mention a restart', () => {
  const measured = { since: '2026-01-31T12:30:30Z', restarted_at: '2026-01-31T13:04:00Z' }
  expect(sinceText(measured, 'minutes', NOW)).toBeUndefined()
})

test.each([
  [112, 100, '+12 % on the hour before'],
  [50, 100, '−50 % on the hour before'],
  [1001, 1000, '+<1 % on the hour before'],
  [5, 5, 'as many as in the hour before'],
  [5, 0, 'none in the hour before'],
  [5, undefined, undefined],
])('%i in this hour, and %s in the hour before, are shown as: %s', (now, before, text) => {
  expect(changeText(now, before, 'minutes')).toBe(text)
})

test('the commit latency is one line of text with upper bounds', () => {
  expect(commitText({ commits: 1200, commitMs: { p50: 2.5, p95: 10, p99: Infinity } })).toBe(
    '1\u202f200 commits since the start: p50 ≤ 2.5 ms, p95 ≤ 10 ms, p99 longer than it can measure',
  )
  expect(commitText({ commits: 0, commitMs: undefined })).toBe('No commit since the start')
})
