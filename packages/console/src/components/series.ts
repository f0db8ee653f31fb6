// One line of a chart.

export interface Series {
  readonly label: string
  /** A CSS variable. */
  readonly color: string
  readonly dash: readonly number[]
  /** Null for an interval without a measurement. */
  readonly values: readonly (number | null)[]
}
