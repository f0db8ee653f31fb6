// The counts of failed authentications by minute, in bounded memory.
import { expect, test } from 'vitest'
import { FailureCounts } from '../../src/http/failure-counts.ts'
import { createThrottle } from '../../src/http/throttle.ts'
import { TestClock } from '../a-server.ts'

test('the count of a key (such as an address) starts with its first failure and ends 60 s later', () => {
  const clock = new TestClock()
  const counts = new FailureCounts(clock, 10)
  expect(counts.add('a').count).toBe(1)
  clock.advance(59)
  expect(counts.add('a').count).toBe(2)
  clock.advance(1)
  expect(counts.add('a').count).toBe(1)
})

test('at the limit of keys the least recently used key is evicted', () => {
  const counts = new FailureCounts(new TestClock(), 2)
  counts.add('a')
  counts.add('b')
  counts.add('a')
  counts.add('c')
  expect(counts.size).toBe(2)
  expect(counts.add('a').count).toBe(3)
  expect(counts.add('b').count).toBe(1)
})

test('after a million keys, memory contains no more keys than the limit', () => {
  const counts = new FailureCounts(new TestClock(), 1000)
  for (let i = 0; i < 1_000_000; i++) counts.add(String(i))
  expect(counts.size).toBe(1000)
})

test('after a million failing addresses another address is still counted from zero to its limit', () => {
  const throttle = createThrottle(new TestClock())
  for (let i = 0; i < 1_000_000; i++) {
    throttle.count(`${String(1 + (i >> 16))}.${String((i >> 8) & 255)}.${String(i & 255)}.1`, 'lk0123456789abcd')
  }
  const answers = Array.from({ length: 101 }, () => throttle.count('192.0.2.7', 'lk0123456789abcd'))
  expect(answers.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => undefined))
  expect(answers[100]).toMatchObject({ limit: 100, retryAfterSeconds: 60 })
  // Counting a million failures takes more than a minute on a busy machine.
}, 180_000)

test('the addresses of one IPv6 /64 count as one caller, and the addresses of another /64 count as another caller', () => {
  const throttle = createThrottle(new TestClock())
  for (let i = 0; i < 100; i++) throttle.count(`2001:db8:1:2::${i.toString(16)}`, 'lk0123456789abcd')
  expect(throttle.count('2001:db8:1:2:ffff::1', 'lk0123456789abcd')).toMatchObject({ limit: 100 })
  expect(throttle.count('2001:db8:1:3::1', 'lk0123456789abcd')).toBeUndefined()
})

test('long client IDs with the same start are counted separately', () => {
  const throttle = createThrottle(new TestClock())
  const long = 'x'.repeat(4000)
  for (let i = 0; i < 101; i++) throttle.count('192.0.2.7', `${long}1`)
  expect(throttle.count('192.0.2.7', `${long}1`)).toMatchObject({ limit: 100 })
  expect(throttle.count('192.0.2.7', `${long}2`)).toBeUndefined()
})
