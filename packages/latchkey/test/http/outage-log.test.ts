// The log during an outage: the server logs the first unanswered request at once, and then one count each second.
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
  const outage = new OutageLog(
    pino({ level: 'info', base: null, timestamp: false }, { write: (line) => void lines.push(line) }),
  )
  return {
    unanswered: (count: number, reason = 'the disk is full') => {
      for (let i = 0; i < count; i++) outage.add(`req_${String(i)}`, new StoreUnavailable(reason))
    },
    /** Returns the log lines since the last call. */
    logged: () => lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

test('a thousand unanswered requests in a second make two log lines', () => {
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

test('the log has one line for each second of an outage, with the number of requests and the latest reason', () => {
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

test('after a second without unanswered requests, the next one is logged at once, with its request ID', () => {
  const { unanswered, logged } = anOutageLog()
  unanswered(1)
  vi.advanceTimersByTime(1000)
  unanswered(1)
  expect(logged()).toMatchObject([{ request_id: 'req_0' }, { request_id: 'req_0' }])
})
