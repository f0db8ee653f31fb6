// What every part of the benchmark is given and gives back.
import type { Effort } from '../effort.ts'
import type { Row } from '../row.ts'

export interface SectionContext {
  readonly effort: Effort
  /** A folder of the run; each section makes its own in it. */
  readonly folder: string
  /** Says what is going on. */
  readonly progress: (step: string) => void
}

/** A number on its own, such as bytes or signatures per second. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** The same work done by several: the first is held against each of the others. */
export type Contest = readonly Row[]

export interface SectionResult {
  readonly title: string
  /** What is compared, in a sentence. */
  readonly note: string
  readonly contests: readonly Contest[]
  readonly figures: readonly Figure[]
}

/** The scope that tokens are asked for; integrations have another one beside it. */
export { MODEL, PREDICT } from '../../packages/latchkey/src/domain/reference-catalog.ts'
