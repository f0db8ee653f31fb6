// The clock of the system and its random numbers.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Clock } from './ports/clock.ts'
import type { Random } from './ports/random.ts'

export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
  monotonic: () => performance.now(),
}

export const systemRandom: Random = { uuid: () => randomUUID() }
