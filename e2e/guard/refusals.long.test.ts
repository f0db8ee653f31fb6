// How soon guards refuse superseded tokens, at full size: twenty guards and two hundred issuances a second.
import { expect, test } from 'vitest'
import { percentile, refusalRun } from './refusal-run.ts'

const MOST_MS = 250

test('twenty guards refuse a superseded token within 250 ms in 99 of 100 cases, under 200 issuances a second', async () => {
  const run = await refusalRun({ guards: 20, perSecond: 200, seconds: 60 })
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => percentile(run.lags, share).toFixed(0))
  console.info(
    `${String(run.lags.length)} refusals: p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms; ${run.issuedPerSecond.toFixed(0)} issued/s`,
  )
  expect(run.verdicts).toEqual(new Set(['401 superseded']))
  expect(run.introspections).toBe(0)
  expect(run.issuedPerSecond).toBeGreaterThan(180)
  expect(percentile(run.lags, 0.99)).toBeLessThanOrEqual(MOST_MS)
})
