// Every guard refuses a superseded token soon after the 200 with the newer token, without a request to the server.
import { expect, test } from 'vitest'
import { percentile, refusalRun } from './refusal-run.ts'

test('four guards refuse a superseded token within a second, under load and without a request to the server', async () => {
  const run = await refusalRun({ guards: 4, perSecond: 50, seconds: 3, least: 11 })
  expect(run.verdicts).toEqual(new Set(['401 superseded']))
  expect(run.introspections).toBe(0)
  expect(run.lags.length).toBeGreaterThan(40)
  expect(percentile(run.ownLags, 0.99)).toBeLessThan(1000)
})
