// Makes a token manager for the reference server. The test sets its clock and its random numbers.
import { checkOptions, type TokenManagerOptions } from '../src/options.ts'
import { TokenManager } from '../src/token-manager.ts'
import type { TokenEvents } from '../src/token-events.ts'
import { CLIENT_ID, CLIENT_SECRET, type ReferenceServer } from './reference-server.ts'
import type { TestClock } from './test-clock.ts'

export const PREDICT = 'machinelearning.predict'

export interface WatchedManager {
  readonly manager: TokenManager
  /** The names of the events that the manager has emitted so far. */
  readonly events: (keyof TokenEvents)[]
}

const NAMES = ['issued', 'reused', 'refused', 'superseded-by-other', 'failed'] as const

export function aManager(
  server: ReferenceServer,
  clock: TestClock,
  desired: Partial<TokenManagerOptions> = {},
): WatchedManager {
  const options = checkOptions({
    tokenUrl: server.tokenUrl,
    clientId: CLIENT_ID,
    ...(desired.credentials === undefined && { clientSecret: CLIENT_SECRET }),
    scope: PREDICT,
    parameters: 'query',
    ...desired,
  })
  const manager = new TokenManager(options, { clock, chance: () => 0.5 })
  return { manager, events: watch(manager) }
}

function watch(manager: TokenManager): (keyof TokenEvents)[] {
  const events: (keyof TokenEvents)[] = []
  for (const name of NAMES) manager.on(name, () => events.push(name))
  return events
}
