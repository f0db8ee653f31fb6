// The last events. A subscriber that reconnects gets the events that it missed, or is told that they are gone.
import { describe, expect, test } from 'vitest'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { EventLog } from '../../../src/metrics/event-log.ts'
import type { LiveEvent } from '../../../src/ports/live-events.ts'
import { TestClock } from '../../a-server.ts'

const happened = (n: number) =>
  ({
    name: 'refusal',
    at: n,
    endpoint: 'token',
    reason: 'wrong_secret',
    clientId: undefined,
    address: '192.0.2.1',
    requestId: 'req_1',
    omittedBefore: 0,
  }) as const

function aLog(most: number, events: number): EventLog {
  const log = new EventLog('run', most, new TestClock())
  for (let n = 1; n <= events; n++) log.publish(happened(n))
  return log
}

const reported = (events: readonly LiveEvent[] | undefined) => events?.map(({ id }) => id)

describe('the events after an id', () => {
  test('are the later events, in their order', () => {
    expect(reported(aLog(10, 5).after('run-3'))).toEqual(['run-4', 'run-5'])
    expect(reported(aLog(10, 5).after('run-5'))).toEqual([])
    expect(reported(aLog(10, 0).after(aLog(10, 0).lastId))).toEqual([])
  })

  test.each([0, 1, 9, 10, 11, 19, 20, 21, 35])('are available only for the last ten of %i events', (events) => {
    const log = aLog(10, events)
    for (let id = 0; id <= events; id++) {
      const known = reported(log.after(`run-${String(id)}`))
      if (events - id <= 10) expect(known).toHaveLength(events - id)
      else expect(known).toBeUndefined()
    }
  })

  test.each(['other-3', 'run-6', 'run-', 'run', '', 'run--1', 'run-1e1', 'run-3 ', 'run-99999999999999999999'])(
    'are not available for %j',
    (id) => {
      expect(aLog(10, 5).after(id)).toBeUndefined()
    },
  )
})

const issuance = (n: number) => {
  const token = { generation: n, jti: `jti-${String(n)}`, issuedAt: n, expiresAt: n + 3600, audience: 'api://default' }
  const issued = { text: 'the text of the token', token, kind: 'issued', superseded: undefined } as const
  const requester = { address: '192.0.2.1', userAgent: 'curl/8' }
  return { clientId: 'lk1', scope: PREDICT, issued, requester, credentialId: 'sec_1' }
}

test('a reader gets the last events, and events that it has read do not change when their records are used again', () => {
  const log = new EventLog('run', 3, new TestClock())
  const read: unknown[] = []
  const expected: unknown[] = []
  const last: string[] = []
  for (let n = 1; n <= 20; n++) {
    if (n % 2 === 0) log.publish(happened(n))
    else log.publishIssuance(issuance(n), 'issued', n, 'curl/8')
    last.push(n % 2 === 0 ? `refusal ${String(n)}` : `issuance ${String(n)}`)
    read.push(log.after(`run-${String(Math.max(0, n - 3))}`))
    expected.push(last.slice(-3))
  }
  const names = (events: unknown) =>
    (events as readonly LiveEvent[]).map(
      ({ happening }) => `${happening.name} ${'at' in happening ? String(happening.at) : ''}`,
    )
  expect(read.map(names)).toEqual(expected)
  expect(JSON.stringify(read)).not.toContain('the text of the token')
})

test('a subscriber gets the events from its subscription to its end', () => {
  const log = aLog(10, 2)
  const seen: string[] = []
  const subscription = log.subscribe(({ id }) => seen.push(id))
  log.publish(happened(3))
  subscription.end()
  log.publish(happened(4))
  expect(seen).toEqual(['run-3'])
  expect(log.subscribers).toBe(0)
})

test('the lag is that of the slowest subscriber, and undefined when all have caught up', () => {
  const clock = new TestClock()
  const log = new EventLog('run', 10, clock)
  const [slow, slower] = [log.subscribe(() => undefined), log.subscribe(() => undefined)]
  slower.fellBehind()
  clock.advance(2)
  slow.fellBehind()
  slower.fellBehind()
  clock.advance(1)
  expect(log.lagSeconds).toBe(3)
  slower.caughtUp()
  expect(log.lagSeconds).toBe(1)
  slow.end()
  expect(log.lagSeconds).toBe(0)
})
