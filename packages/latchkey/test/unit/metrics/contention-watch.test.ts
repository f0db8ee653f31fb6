// The contention watch makes the same decisions as its model, although it changes its records in place and reuses them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ContentionWatch } from '../../../src/metrics/contention-watch.ts'
import { ContentionModel } from './contention-model.ts'
import { anyLoad } from './recorded-load.ts'

/** Some watches have room for fewer slots than the load uses, so that they drop slots continually. */
test.each([1, 3, 6, 100])('a watch for %i slots makes the same decisions on a load as its model', (most) => {
  let raised = 0
  let shared = 0
  fc.assert(
    fc.property(anyLoad, (load) => {
      const [watch, model] = [new ContentionWatch(most), new ContentionModel(most)]
      const reported: unknown[] = []
      const expected: unknown[] = []
      for (const { clientId, scope, kind, request } of load) {
        if (kind === 'reused') {
          reported.push(watch.contended(request.moment), watch.contended(request.moment, clientId))
          expected.push(model.contended(request.moment), model.contended(request.moment, clientId))
          continue
        }
        const noticed = watch.notice(clientId, scope, request)
        reported.push(noticed)
        expected.push(model.notice(clientId, scope, request))
        if (noticed.raised !== undefined) raised++
        if (!noticed.isFirst) shared++
      }
      // The reports are compared at the end, because later steps must not change an earlier report.
      expect(reported).toEqual(expected)
    }),
    { numRuns: 60 },
  )
  if (most > 1) expect(raised).toBeGreaterThan(20)
  expect(shared).toBeGreaterThan(20)
})
