// Starts the real server as a mock for the tests of other projects. The tests control it, and its data is removed at
// exit.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { type RunningServer, startServer } from '../server/start-server.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../log.ts'
import { systemClock } from '../system.ts'
import { FaultQueue } from './fault-queue.ts'
import { MockClock } from './mock-clock.ts'
import { createMockIssuer } from './mock-issuer.ts'

export interface RunningMock extends RunningServer {
  /** The admin key, which is valid until the mock exits. */
  readonly adminKey: Secret
}

/** Starts a mock with the `config` that `readMockConfig` returned. Rejects in the same cases as `startServer`. */
export async function startMock(config: Config, logger: Logger): Promise<RunningMock> {
  logger.warn({ event: 'mock.started' }, 'this is a mock, for tests only: callers can change its clock and plan faults')
  const clock = new MockClock(systemClock)
  const mock = { clock, faults: new FaultQueue(), issuer: createMockIssuer(clock) }
  const server = await startServer(config, logger, { clock, mock })
  return { ...server, adminKey: new Secret(readFileSync(join(config.dataDir, 'admin.key'), 'utf8').trim()) }
}
