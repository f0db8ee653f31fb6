// All refusals of assertions with one algorithm take the same time, with and without kid. The test
// e2e/equal-assertions.long.test.ts measures more assertions.
import { expect, test } from 'vitest'
import { refusedAssertions, SHAPES } from '../refused-assertions.ts'
import { welch } from '../welch.ts'

const WARM_UP = 100
const ROUNDS = 300
/** The number of different signatures for each reason of a refusal. */
const DIFFERENT = 50
/** The median of several runs counts, because other load on the machine may disturb some runs. */
const RUNS = 3
/**
 * As in equal-refusals.test.ts: a difference counts if it is significant, and large enough to be measured over a
 * network.
 */
const MOST = 10
const SMALLEST = 0.03

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity

test.each(SHAPES)(
  'wrong assertions of known, unknown and disabled clients take the same time with %s, kid in the header: %s',
  async (alg, hasKid) => {
    const measured = refusedAssertions(alg, hasKid, DIFFERENT)
    await measured(WARM_UP)
    const found = new Map<string, { t: number; share: number }[]>()
    for (let run = 0; run < RUNS; run++) {
      for (const { name, times, reference } of await measured(ROUNDS)) {
        const [first, second] = [median(reference), median(times)]
        const share = Math.abs(first - second) / Math.min(first, second)
        found.set(name, [...(found.get(name) ?? []), { t: Math.abs(welch(reference, times)), share }])
      }
    }
    const medians = [...found].map(([name, runs]) => ({
      name,
      t: median(runs.map(({ t }) => t)),
      share: median(runs.map(({ share }) => share)),
    }))
    expect(medians.filter(({ t, share }) => t > MOST && share > SMALLEST)).toEqual([])
  },
)
