// The server's activity alone, without a server: nothing is refused and nothing is recorded.
import { pino } from 'pino'
import { Counters } from '../../../src/metrics/counters.ts'
import { ServerActivity } from '../../../src/metrics/server-activity.ts'
import type { Clock } from '../../../src/ports/clock.ts'

export const anActivity = (clock: Clock): ServerActivity =>
  new ServerActivity({
    counters: new Counters(),
    clock,
    integrations: { findByIdOrClientId: () => Promise.resolve(undefined) },
    audit: { append: () => Promise.resolve(), onRecorded: () => () => undefined },
    logger: pino({ level: 'silent' }),
  })
