// Finds the earlier runs of the server that ended without writing their last counts.
import { expect, test } from 'vitest'
import { EarlierRuns, STARTED, STOPPED } from '../../../src/metrics/earlier-runs.ts'

const OWN_START = 1000

const runs = (...minutes: readonly (readonly [minute: number, run: string, counts: object])[]) => {
  const earlier = new EarlierRuns('own', OWN_START)
  for (const [minute, run, counts] of minutes) earlier.note({ minute, runs: { [run]: { ...counts } } })
  return earlier
}

test('no counts are missing from runs that wrote everything', () => {
  expect(runs().incompleteBefore).toBeUndefined()
  expect(runs([10, 'a', STARTED], [20, 'a', STOPPED], [20, 'b', { ...STARTED, ...STOPPED }]).incompleteBefore).toBe(
    undefined,
  )
})

test('counts are missing between a run that was killed and the next run', () => {
  expect(runs([10, 'a', STARTED], [20, 'a', {}]).incompleteBefore).toBe(OWN_START)
  expect(runs([10, 'a', STARTED], [30, 'b', STARTED], [40, 'b', STOPPED]).incompleteBefore).toBe(30)
  expect(runs([10, 'a', STARTED], [30, 'b', STARTED], [50, 'c', { ...STARTED, ...STOPPED }]).incompleteBefore).toBe(50)
})

test('neither a server that still runs nor the present run counts as killed', () => {
  expect(runs([10, 'a', STARTED], [OWN_START + 1, 'a', {}]).incompleteBefore).toBeUndefined()
  expect(runs([OWN_START, 'own', STARTED]).incompleteBefore).toBeUndefined()
})
