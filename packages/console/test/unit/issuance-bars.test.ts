// The last issuances of a slot as bars.
import type { Requester, SlotHistory } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { issuanceBars } from '../../src/pages/detail/issuance-bars.ts'

const by = (address: string): Requester => ({
  address,
  user_agent: '',
  credential_id: 'sec_1',
  method: 'client_secret',
  secret_id: 'sec_1',
  subject: null,
})
const issuance = (generation: number, issued_at: string, address: string): SlotHistory['history'][number] => ({
  ...{ generation, issued_at, requests: 1, jti: String(generation), requesters: [by(address)], handed_to: [] },
})

const NOW = Date.parse('2027-01-15T09:00:00Z')

const history = [
  issuance(3, '2027-01-15T08:45:00Z', '10.0.0.1'),
  issuance(2, '2027-01-15T08:30:00Z', '10.0.0.2'),
  issuance(1, '2027-01-15T06:00:00Z', '10.0.0.1'),
]

const slot = (fields: Partial<SlotHistory>): SlotHistory =>
  ({ live: null, in_grace: null, history, ...fields }) as SlotHistory

test('the bars run from the oldest issuance to the newest, each with the share of the lifetime that its token had', () => {
  const live = { generation: 3, expires_at: '2027-01-15T09:45:00Z' } as NonNullable<SlotHistory['live']>
  const bars = issuanceBars(slot({ live }), 3_600_000, NOW)
  expect(bars.map(({ generation, share, fate }) => [generation, share, fate.is])).toEqual([
    [1, 1, 'replaced'],
    [2, 0.25, 'replaced'],
    [3, 0.25, 'live'],
  ])
  expect(bars.map(({ letter, replacedBy }) => [letter, replacedBy?.address])).toEqual([
    ['A', '10.0.0.2'],
    ['B', '10.0.0.1'],
    ['A', undefined],
  ])
})

test('a token that expired without a successor has a full bar, and an issuance without a caller has no letter', () => {
  const [bar] = issuanceBars(
    slot({ history: [{ ...issuance(9, '2027-01-15T06:00:00Z', ''), requesters: [] }] }),
    60_000,
    NOW,
  )
  expect(bar).toMatchObject({ share: 1, fate: { is: 'over' }, letter: '?', by: undefined })
})
