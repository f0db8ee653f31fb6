// The log lines about keys that the server fetches.
import type { Logger } from '../log.ts'
import type { KeySourceEvents } from '../ports/key-source.ts'

export interface LoggedKeySource {
  /** The owner of the keys, in the words of the messages. */
  readonly owner: 'a client' | 'a trusted issuer'
  /**
   * The members of each log line that identify the owner. They do not include the URL, because it may contain a token.
   */
  readonly names: Readonly<Record<string, string>>
}

export const loggedKeySource = (
  logger: Logger,
  { owner, names }: LoggedKeySource,
): Omit<KeySourceEvents, 'fetched'> => ({
  stale: (fault, secondsLeft) => {
    logger.warn(
      { event: 'key_source.stale', ...names, fault, seconds_left: secondsLeft },
      `the keys of ${owner} cannot be fetched; those in memory stay in use`,
    )
  },
  unavailable: (fault) => {
    logger.error(
      { event: 'key_source.unavailable', ...names, fault },
      `the keys of ${owner} cannot be fetched, so its assertions get 503`,
    )
  },
  recovered: () => {
    logger.info({ event: 'key_source.recovered', ...names }, `the keys of ${owner} can be fetched again`)
  },
})
