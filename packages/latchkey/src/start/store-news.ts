// What a store behind a connection tells while the server runs, as the log has it.
import { type Logger, reasonOf } from '../log.ts'
import type { StartOptions } from '../storage/store/assemble-store.ts'
import type { ClockWatch } from './clock-watch.ts'

export const storeNews = (
  logger: Logger,
  clocks: ClockWatch,
): Required<Pick<StartOptions, 'onAway' | 'onBack' | 'onDatabaseTime'>> => ({
  onAway: (cause) => {
    logger.error({ event: 'store.away', reason: reasonOf(cause) }, 'requests wait, and soon get 503')
  },
  onBack: () => {
    logger.info({ event: 'store.back' }, 'the store takes writes again')
  },
  onDatabaseTime: (reading) => {
    clocks.see(reading)
  },
})
