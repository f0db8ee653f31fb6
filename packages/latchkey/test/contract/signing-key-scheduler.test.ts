// The scheduler takes each step of a rotation of the signing keys when the step is due, tries a failed step again, and
// ends when it is stopped. The code is the same for both engines. The simulated disk lets the test stop between two
// steps.
import { Writable } from 'node:stream'
import pino from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { scheduleSigningKeys } from '../../src/server/signing-key-scheduler.ts'
import { ADVANCE, change, done, FIRST, PUBLISH, revocation, statuses, untilTheDisk, upTo } from '../key-changes.ts'

const MINUTE = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

async function scheduled(at: Parameters<typeof upTo>[0]) {
  const { disk, clock, store } = await upTo(at)
  const lines: string[] = []
  const logger = pino(
    new Writable({
      write: (chunk: Buffer, _encoding, written) => {
        lines.push(chunk.toString())
        written()
      },
    }),
  )
  const { signingKeys } = store
  const scheduler = scheduleSigningKeys(
    { signingKeys, clock, tokenLifetimeSeconds: 3600, logger },
    await signingKeys.all(),
  )
  onTestFinished(() => {
    scheduler.stop()
  })
  return { disk, clock, signingKeys, scheduler, log: () => lines.join('') }
}

test('if no step is planned there is no timer', async () => {
  await scheduled({ before: [FIRST], wait: 0 })
  expect(vi.getTimerCount()).toBe(0)
})

test('the scheduler takes a step of a rotation when the step is due, and not before', async () => {
  const { disk, clock, signingKeys } = await scheduled({ before: [FIRST, PUBLISH], wait: 0 })
  clock.advance(599)
  await vi.advanceTimersByTimeAsync(11 * MINUTE)
  expect(await statuses(signingKeys)).toEqual({ first: 'signing', second: 'next' })

  clock.advance(1)
  await vi.advanceTimersByTimeAsync(MINUTE)
  await untilTheDisk()
  disk.sync()
  await untilTheDisk()
  expect(await statuses(signingKeys)).toEqual({ first: 'retired', second: 'signing' })
})

test('the scheduler also takes the steps of a rotation that begins while the server runs', async () => {
  const { disk, clock, signingKeys } = await scheduled({ before: [FIRST], wait: 0 })
  await done(disk, change(signingKeys, PUBLISH))
  clock.advance(600)
  await vi.advanceTimersByTimeAsync(MINUTE)
  await untilTheDisk()
  disk.sync()
  await untilTheDisk()
  expect(await statuses(signingKeys)).toEqual({ first: 'retired', second: 'signing' })
  // The next step removes the retired key.
  expect(vi.getTimerCount()).toBe(1)
})

test('a step whose commit failed is logged and tried again', async () => {
  const { disk, signingKeys, log } = await scheduled({ before: [FIRST, PUBLISH], wait: 600 })
  await vi.advanceTimersByTimeAsync(0)
  await untilTheDisk()
  disk.fail('lost')
  await untilTheDisk()
  expect(log()).toContain('"event":"signing_key.step_failed"')
  expect(await statuses(signingKeys)).toEqual({ first: 'signing', second: 'next' })

  await vi.advanceTimersByTimeAsync(5000)
  await untilTheDisk()
  disk.sync()
  await untilTheDisk()
  expect(await statuses(signingKeys)).toEqual({ first: 'retired', second: 'signing' })
})

test('the scheduler removes a revoked key when all tokens of the key have expired', async () => {
  const { disk, clock, signingKeys } = await scheduled({ before: [FIRST, revocation('first')], wait: 3599 })
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(await statuses(signingKeys)).toEqual({ first: 'revoked', substitute: 'signing' })
  clock.advance(1)
  await vi.advanceTimersByTimeAsync(MINUTE)
  await untilTheDisk()
  disk.sync()
  await untilTheDisk()
  expect(await statuses(signingKeys)).toEqual({ substitute: 'signing' })
  expect(vi.getTimerCount()).toBe(0)
})

test('a stopped scheduler takes no step, even if the keys change afterwards', async () => {
  const { disk, clock, signingKeys, scheduler } = await scheduled({ before: [FIRST, PUBLISH], wait: 600 })
  const timers = vi.getTimerCount()
  scheduler.stop()
  expect(vi.getTimerCount()).toBe(timers - 1)
  await done(disk, change(signingKeys, ADVANCE))
  // A running scheduler would remove the retired key now.
  clock.advance(5000)
  await vi.advanceTimersByTimeAsync(MINUTE)
  await untilTheDisk()
  disk.sync()
  await untilTheDisk()
  expect(await statuses(signingKeys)).toEqual({ first: 'retired', second: 'signing' })
})
