// What is planned to go wrong is met in its order, as often as it was asked for, by its own endpoint.
import { expect, test } from 'vitest'
import { FaultQueue } from '../../../src/mock/fault-queue.ts'

test('the oldest fault of an endpoint is met first, each as often as planned', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'token', kind: 'unavailable', retryAfterSeconds: 1, times: 2 })
  queue.plan({ endpoint: 'token', kind: 'dropped', times: 1 })
  const met = [1, 2, 3, 4].map(() => queue.take('token')?.kind)
  expect(met).toEqual(['unavailable', 'unavailable', 'dropped', undefined])
  expect(queue.planned()).toEqual([])
})

test('a fault of one endpoint is no fault of another', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'verify', kind: 'slow', delayMilliseconds: 10, times: 1 })
  expect(queue.take('token')).toBeUndefined()
  expect(queue.planned()).toHaveLength(1)
})

test('forgotten faults are not met', () => {
  const queue = new FaultQueue()
  queue.plan({ endpoint: 'revoke', kind: 'dropped', times: 1000 })
  queue.clear()
  expect(queue.take('revoke')).toBeUndefined()
})
