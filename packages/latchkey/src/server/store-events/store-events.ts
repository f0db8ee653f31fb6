// Receives the events of a store on a database. It logs them, and keeps the present state for the admin API.
import { type Logger, reasonOf } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StartOptions } from '../../adapters/assemble-store.ts'
import type { TornLog } from '../../storage/embedded-store.ts'
import { ClockWatch } from './clock-watch.ts'
import { earlierClock } from './earlier-clock.ts'
import { IssuerWatch } from './issuer-watch.ts'

export interface StoreEvents {
  readonly listeners: Pick<
    StartOptions,
    'onAway' | 'onBack' | 'onCheckpoint' | 'onDatabaseTime' | 'onOtherIssuers' | 'onShared'
  >
  readonly traceCommit: (milliseconds: number, commands: number) => void
  /** How many seconds the database's clock is ahead. Undefined if there is no database. */
  readonly databaseClockOffset: () => number | undefined
  /** The earlier of this server's clock and the database's clock: see `earlierClock`. */
  readonly clock: Clock
  readonly otherIssuers: () => readonly string[]
}

export function storeEvents(logger: Logger, clock: Clock): StoreEvents {
  const [clocks, issuers] = [new ClockWatch(logger), new IssuerWatch(logger)]
  return {
    listeners: {
      onAway: (cause) => {
        logger.error(
          { event: 'store.away', reason: reasonOf(cause) },
          'the store is not available: requests wait, and then get 503',
        )
      },
      onBack: () => {
        logger.info({ event: 'store.back' }, 'the store accepts writes again')
      },
      onCheckpoint: ({ pages, milliseconds }) => {
        const took = { pages, milliseconds: rounded(milliseconds) }
        logger.trace(
          { event: 'store.checkpointed', ...took },
          'pages of the write-ahead log were copied into the database file',
        )
      },
      onDatabaseTime: (reading) => {
        clocks.see(reading)
      },
      onOtherIssuers: (others) => {
        issuers.see(others)
      },
      onShared: ({ clientId, scope, jti, generation, source }) => {
        const [address, userAgent, credentialId, subject] = source
        const token = { client_id: clientId, scope, jti, gen: generation }
        const to = { address, user_agent: userAgent, credential_id: credentialId, subject: subject ?? undefined }
        logger.info({ event: 'token.shared', ...token, ...to }, 'a live token was given to another caller')
      },
    },
    traceCommit: (milliseconds, commands) => {
      logger.trace({ event: 'store.committed', commands, milliseconds: rounded(milliseconds) }, 'a batch was committed')
    },
    databaseClockOffset: () => clocks.offsetSeconds,
    clock: earlierClock(clock, () => clocks.offsetSeconds),
    otherIssuers: () => issuers.others,
  }
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 100) / 100

/** Logs at the start that a crash cut off the end of the embedded store's write-ahead log. */
export function tellTornTail({ frames, bytes }: TornLog, logger: Logger): void {
  logger.warn(
    { event: 'store.torn_tail_dropped', frames, bytes },
    'the end of the write-ahead log was incomplete: an unacknowledged transaction was dropped',
  )
}
