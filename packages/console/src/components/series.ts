// One line or area of a chart.

export interface Series {
  readonly label: string
  /** A CSS variable. */
  readonly color: string
  readonly dash: readonly number[]
  /** Null for an interval without a measurement. */
  readonly values: readonly (number | null)[]
  /** Says more about the intervals from one index to another, both included. Empty if there is nothing to say. */
  readonly detail?: (from: number, to: number) => string
}
