// Planned faults are used in their order, as often as planned, and only for their own endpoint.
import { expect, test } from 'vitest'
import { FaultQueue } from '../../../src/mock/fault-queue.ts'

test('the oldest fault of an endpoint is used first, and each as often as planned', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'token', kind: 'unavailable', retryAfterSeconds: 1, times: 2 })
  queue.plan({ endpoint: 'token', kind: 'dropped', times: 1 })
  const met = [1, 2, 3, 4].map(() => queue.take('token')?.kind)
  expect(met).toEqual(['unavailable', 'unavailable', 'dropped', undefined])
  expect(queue.planned()).toEqual([])
})

test('a fault of one endpoint does not affect another', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'verify', kind: 'slow', delayMilliseconds: 10, times: 1 })
  expect(queue.take('token')).toBeUndefined()
  expect(queue.planned()).toHaveLength(1)
})

test('removed faults are not used', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'revoke', kind: 'dropped', times: 1000 })
  queue.clear()
  expect(queue.take('revoke')).toBeUndefined()
})
