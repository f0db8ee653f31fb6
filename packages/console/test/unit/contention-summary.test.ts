// The contention of an integration in one line.
import type { Contention } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { contentionSummary } from '../../src/pages/detail/contention-summary.ts'

const source = (address: string, requests: number): Contention['sources'][number] => ({
  ...{
    address,
    requests,
    user_agent: 'curl',
    credential_id: 'sec_1',
    method: 'client_secret',
    secret_id: 'sec_1',
    subject: null,
    conditional: false,
    last_seen: '2027-01-15T08:00:00Z',
  },
})

const contention = (scope: string, fields: Partial<Contention>): Contention => ({
  ...{ client_id: 'lk1', scope, kind: 'one_source', supersessions: 3, cures: [], sources: [source('10.0.0.1', 4)] },
  ...{ since: '2027-01-15T08:00:00Z', last_supersession: '2027-01-15T08:01:00Z' },
  ...fields,
})

test('an integration without a contended slot has no summary', () => {
  expect(contentionSummary([])).toBeUndefined()
})

test('the summary of two contended slots has the sum of their supersessions, the earlier start, and each caller once', () => {
  const cures = [{ code: 'separate_integrations', what: 'Give each caller its own integration.' }]
  const summary = contentionSummary([
    contention('a', {}),
    contention('b', {
      ...{ kind: 'several_sources', supersessions: 5, since: '2027-01-15T07:59:00Z', cures },
      sources: [source('10.0.0.1', 1), source('10.0.0.2', 9)],
    }),
  ])
  expect(summary).toEqual({
    ...{ kind: 'several_sources', supersessions: 8, since: '2027-01-15T07:59:00Z', cures, scopes: ['a', 'b'] },
    sources: [source('10.0.0.2', 9), source('10.0.0.1', 5)],
  })
})
