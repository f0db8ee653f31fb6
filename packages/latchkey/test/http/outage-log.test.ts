// An outage in the log: the first request that it costs at once, the others once a second, as a number.
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OutageLog } from '../../src/http/outage-log.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function anOutageLog() {
  const lines: string[] = []
  const outage = new OutageLog(pino({ level: 'info', base: null, timestamp: false }, { write: (line) => void lines.push(line) })) // prettier-ignore
  return {
    unanswered: (count: number, reason = 'the disk is full') => {
      for (let i = 0; i < count; i++) outage.add(`req_${String(i)}`, new StoreUnavailable(reason))
    },
    /** Since the last look. */
    logged: () => lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

test('a thousand requests that are not answered leave two lines in a second, not a thousand', () => {
  const { unanswered, logged } = anOutageLog()
  unanswered(1000)
  expect(logged()).toMatchObject([
    { event: 'store.unavailable', request_id: 'req_0', reason: 'the disk is full', msg: 'request not answered' },
  ])
  vi.advanceTimersByTime(999)
  expect(logged()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(logged()).toMatchObject([{ event: 'store.unavailable', requests: 999, msg: 'requests not answered' }])
})

test('while the outage lasts each second has one line with its number and the latest reason', () => {
  const { unanswered, logged } = anOutageLog()
  unanswered(1)
  for (const count of [5, 7]) {
    unanswered(count, `reason ${String(count)}`)
    vi.advanceTimersByTime(1000)
  }
  expect(logged().slice(1)).toMatchObject([
    { requests: 5, reason: 'reason 5' },
    { requests: 7, reason: 'reason 7' },
  ])
})

test('one that comes a second after the last is logged at once again, with its request id', () => {
  const { unanswered, logged } = anOutageLog()
  unanswered(1)
  vi.advanceTimersByTime(1000)
  unanswered(1)
  expect(logged()).toMatchObject([{ request_id: 'req_0' }, { request_id: 'req_0' }])
})
