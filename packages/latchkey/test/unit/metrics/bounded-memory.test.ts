// The memory that the server uses for statistics about its callers is limited, for all kinds of callers.
import { getHeapStatistics } from 'node:v8'
import { describe, expect, test } from 'vitest'
import { ContentionWatch } from '../../../src/metrics/contention-watch.ts'
import { MinuteGate } from '../../../src/metrics/minute-gate.ts'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { TestClock } from '../../a-server.ts'
import { anActivity } from './an-activity.ts'

const START = 1_800_000_000

const tokenAt = (second: number) => ({
  generation: second + 2,
  jti: `jti-${String(second)}`,
  issuedAt: START + second,
  expiresAt: START + second + 3600,
  audience: 'api://default',
})

const notice = (watch: ContentionWatch, clientId: string, second: number) =>
  watch.notice(clientId, PREDICT, {
    ...{ address: '192.0.2.1', userAgent: 'curl/8', credentialId: 'sec_1', subject: undefined },
    token: tokenAt(second),
    isConditional: false,
    superseded: tokenAt(second - 1),
    at: START + second,
    moment: second * 1000,
  })

describe('the contention watch', () => {
  test('distinguishes the first request of a token from requests that shared the token', () => {
    const watch = new ContentionWatch(10)
    expect(notice(watch, 'lk1', 1).isFirst).toBe(true)
    expect(notice(watch, 'lk1', 1).isFirst).toBe(false)
    expect(notice(watch, 'lk1', 2).isFirst).toBe(true)
  })

  test('drops the slot that was idle longest if there are too many, with its contention', () => {
    const watch = new ContentionWatch(2)
    for (const second of [1, 2, 3]) notice(watch, 'lk1', second)
    expect(watch.contended(3000)).toHaveLength(1)
    notice(watch, 'lk2', 4)
    expect(watch.contended(4000)).toHaveLength(1)
    notice(watch, 'lk3', 5)
    expect(watch.contended(5000)).toEqual([])
  })

  test('reports a contention once, not at every supersession', () => {
    const watch = new ContentionWatch(2)
    const raised = [1, 2, 3, 4, 5, 6].map((second) => notice(watch, 'lk1', second).raised)
    expect(raised.map((slot) => slot?.kind)).toEqual([
      undefined,
      undefined,
      'one_source',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('the limit for recorded refusals', () => {
  test('allows one refusal of a caller in a minute', () => {
    const gate = new MinuteGate(100)
    expect([0, 59_999, 60_000, 119_999].map((moment) => gate.admits('a', moment))).toEqual([true, false, true, false])
  })

  test('allows no more refusals in a minute than it can remember', () => {
    const gate = new MinuteGate(3)
    expect(['a', 'b', 'c', 'd'].map((key, moment) => gate.admits(key, moment))).toEqual([true, true, true, false])
    expect(gate.admits('d', 60_000)).toBe(true)
    expect(gate.admits('e', 60_000)).toBe(false)
  })
})

describe('the activity', () => {
  test('allocates less than 200 bytes for a token if 100,000 integrations request in turn', async () => {
    const activity = anActivity(new TestClock(START))
    const requester = { address: '192.0.2.1', userAgent: 'curl/8' }
    const answers = Array.from({ length: 100_000 }, (_, n) => ({
      clientId: `lk${String(n).padStart(14, '0')}`,
      scope: PREDICT,
      issued: { text: '', token: tokenAt(2), kind: 'issued', superseded: tokenAt(1) } as const,
      ...{ requester, credentialId: 'sec_1' },
    }))
    const allocatedByRound = (): number => {
      const before = getHeapStatistics().total_allocated_bytes
      for (const answered of answers) activity.issued(answered)
      return (getHeapStatistics().total_allocated_bytes - before) / answers.length
    }
    // The first round fills the tables. Compilation allocates memory in later rounds too, and code that is not optimized
    // yet allocates more, so the smallest result counts. On a busy machine optimized code comes late.
    let least = allocatedByRound()
    for (let round = 0; round < 40 && least >= 200; round++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      least = Math.min(least, allocatedByRound())
    }
    expect(least).toBeLessThan(200)
  })
})
