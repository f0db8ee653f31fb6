// A feed position that is valid at every replica: it names the log, the position in it, and the version of the
// configuration.
import { hash } from 'node:crypto'
import type { Progress } from './change-log-consumer.ts'

/** A reader at this position has every change up to the low-water mark, and the configuration up to this version. */
export interface FeedPosition {
  readonly era: string
  readonly lowWater: number
  readonly configuration: number
}

/**
 * Identifies the log and the generation floor. A raised floor means that changes may be lost, so positions from before
 * it are no longer valid.
 */
export const eraOf = ({ log, floor }: Pick<Progress, 'log' | 'floor'>): string =>
  hash('sha256', `${log} ${String(floor)}`, 'base64url').slice(0, 16)

export const writePosition = (progress: Progress): string =>
  `${eraOf(progress)}.${progress.lowWater.toString(36)}.${progress.configuration.toString(36)}`

const POSITION = /^([A-Za-z0-9_-]{16})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/

/** Undefined if the text is not a valid position. */
export function readPosition(text: string): FeedPosition | undefined {
  const [, era, lowWater, configuration] = POSITION.exec(text) ?? []
  if (era === undefined || lowWater === undefined || configuration === undefined) return undefined
  return { era, lowWater: Number.parseInt(lowWater, 36), configuration: Number.parseInt(configuration, 36) }
}
