// All refused assertions of one shape take the same time. The test measures ten thousand assertions for each reason of
// refusal and each algorithm, three times.
import { expect, test } from 'vitest'
import { refusedAssertions, SHAPES } from '../packages/latchkey/test/refused-assertions.ts'
import { welch } from '../packages/latchkey/test/welch.ts'

const WARM_UP = 1000
const ROUNDS = 10_000
/** The number of different signatures for each reason of refusal. */
const DIFFERENT = 1000
/**
 * The median of the runs counts. Each run has its own keys and signatures, because their addresses in memory affect the
 * time.
 */
const RUNS = 3
/**
 * The usual limit of |t| (Welch's t-test) in tests for timing leaks. Two equal distributions exceed it less than once
 * in a hundred thousand tests.
 */
const MOST = 4.5
/**
 * The smallest difference of two medians that counts, as a share of the smaller median: at most a microsecond for most
 * algorithms. With ten thousand measurements the t-test alone would also report effects of the processor's cache.
 */
const SMALLEST = 0.01

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity

test.each(SHAPES)(
  'wrong assertions of known, unknown and disabled clients take the same time with %s, kid in the header: %s',
  async (alg, hasKid) => {
    const found = new Map<string, { readonly t: number; readonly share: number }[]>()
    for (let run = 0; run < RUNS; run++) {
      const measured = refusedAssertions(alg, hasKid, DIFFERENT)
      await measured(WARM_UP)
      for (const { name, times, reference } of await measured(ROUNDS)) {
        const [first, second] = [median(reference), median(times)]
        // `share` and `t` keep their signs, so that differences in opposite directions cancel out in the median.
        const share = (second - first) / Math.min(first, second)
        found.set(name, [...(found.get(name) ?? []), { t: welch(reference, times), share }])
      }
    }
    const medians = [...found].map(([name, runs]) => ({
      name,
      t: Math.abs(median(runs.map(({ t }) => t))),
      share: Math.abs(median(runs.map(({ share }) => share))),
    }))
    expect(medians).not.toEqual([])
    expect(medians.filter(({ t, share }) => !(t < MOST) && share > SMALLEST)).toEqual([])
  },
)
