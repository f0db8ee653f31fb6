// The input and output of every section of the benchmark.
import type { Effort } from '../effort.ts'
import type { Row } from '../row.ts'

export interface SectionContext {
  readonly effort: Effort
  /** The folder of the run. Each section makes its own folder in it. */
  readonly folder: string
  /** Reports the step that runs now. */
  readonly progress: (step: string) => void
}

/** A single number, such as bytes or signatures per second. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** Rows of the same work by several servers. The first server is compared with each of the others. */
export type Contest = readonly Row[]

export interface SectionResult {
  readonly title: string
  /** Describes the compared work in a sentence. */
  readonly note: string
  readonly contests: readonly Contest[]
  readonly figures: readonly Figure[]
}

/** The scope of the requested tokens. Integrations also have another scope. */
export { MODEL, PREDICT } from '../../packages/latchkey/src/domain/reference-catalog.ts'
