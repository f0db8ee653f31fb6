// Feed positions that are valid at every replica. A position consists of the identity of the change log, the position
// in the log, and the version of the configuration.
import { hash } from 'node:crypto'
import type { Progress } from './change-log-consumer.ts'

/**
 * A reader at this position has every change in the log up to `lowWater`, and every change up to the version
 * `configuration`.
 */
export interface FeedPosition {
  readonly era: string
  readonly lowWater: number
  readonly configuration: number
}

/**
 * Returns a hash of the log's identity and the generation floor. A raised floor means that changes may be lost, so
 * earlier positions become invalid.
 */
export const eraOf = ({ log, floor }: Pick<Progress, 'log' | 'floor'>): string =>
  hash('sha256', `${log} ${String(floor)}`, 'base64url').slice(0, 16)

export const writePosition = (progress: Progress): string =>
  `${eraOf(progress)}.${progress.lowWater.toString(36)}.${progress.configuration.toString(36)}`

const POSITION = /^([A-Za-z0-9_-]{16})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/

/** Reads a position. Undefined if the text is not a valid position. */
export function readPosition(text: string): FeedPosition | undefined {
  const [, era, lowWater, configuration] = POSITION.exec(text) ?? []
  if (era === undefined || lowWater === undefined || configuration === undefined) return undefined
  return { era, lowWater: Number.parseInt(lowWater, 36), configuration: Number.parseInt(configuration, 36) }
}
