// A place in the changes that means the same at every replica: which log, how far, and which configuration.
import { hash } from 'node:crypto'
import type { Progress } from './change-log-consumer.ts'

/** Every change of the log up to its low-water mark, and every configuration up to this version, was known there. */
export interface FeedPosition {
  readonly era: string
  readonly lowWater: number
  readonly configuration: number
}

/** What was lost of a log when its floor was raised nobody can tell: the places of that time are over with it. */
export const eraOf = ({ log, floor }: Pick<Progress, 'log' | 'floor'>): string =>
  hash('sha256', `${log} ${String(floor)}`, 'base64url').slice(0, 16)

export const writePosition = (progress: Progress): string =>
  `${eraOf(progress)}.${progress.lowWater.toString(36)}.${progress.configuration.toString(36)}`

const POSITION = /^([A-Za-z0-9_-]{16})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/

/** Undefined when it is the text of none. */
export function readPosition(text: string): FeedPosition | undefined {
  const [, era, lowWater, configuration] = POSITION.exec(text) ?? []
  if (era === undefined || lowWater === undefined || configuration === undefined) return undefined
  return { era, lowWater: Number.parseInt(lowWater, 36), configuration: Number.parseInt(configuration, 36) }
}
