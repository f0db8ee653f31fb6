// The refused requests that the first run shows.
import { describe, expect, test } from 'vitest'
import type { LiveEvents } from 'latchkey/admin-api'
import { withRefusal } from '../../src/pages/set-up/refused-attempts.ts'
import { refusalSentence } from '../../src/strings/refusals.ts'

const CLIENT_ID = 'lk0123456789abcd'

const refusal = (changes: Partial<LiveEvents['refusal']>): LiveEvents['refusal'] => ({
  at: '2026-01-01T12:00:00Z',
  endpoint: 'token',
  reason: 'wrong_secret',
  client_id: CLIENT_ID,
  address: '127.0.0.1',
  request_id: 'req_1',
  omitted_before: 0,
  ...changes,
})

describe('the first run', () => {
  test('shows a refused request of its integration, and a request with an unreadable or unknown client ID', () => {
    for (const changes of [
      {},
      { client_id: null, reason: 'placeholder' },
      { client_id: 'x', reason: 'unknown_client' },
    ])
      expect(withRefusal([], refusal(changes), CLIENT_ID)).toHaveLength(1)
  })

  test('shows no refusal of another integration, and none of another endpoint', () => {
    expect(withRefusal([], refusal({ client_id: 'lkother' }), CLIENT_ID)).toEqual([])
    expect(withRefusal([], refusal({ endpoint: 'verify', reason: 'superseded' }), CLIENT_ID)).toEqual([])
  })

  test('keeps the last three, the newest first, without the client ID that a caller sent', () => {
    const ids = ['1', '2', '3', '4']
    const shown = ids.reduce<ReturnType<typeof withRefusal>>(
      (before, id) => withRefusal(before, refusal({ request_id: id }), CLIENT_ID),
      [],
    )
    expect(shown.map(({ id }) => id)).toEqual(['4', '3', '2'])
    expect(JSON.stringify(shown)).not.toContain(CLIENT_ID)
  })

  test('explains the mistakes of beginners, and shows an unknown reason by its name', () => {
    for (const reason of ['placeholder', 'wrong_secret', 'both_empty', 'trailing_newline'])
      expect(refusalSentence(reason)).not.toMatch(/^The reason is/)
    expect(refusalSentence('brand_new')).toBe('The reason is brand_new.')
  })
})
