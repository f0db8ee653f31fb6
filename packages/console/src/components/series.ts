// What a chart draws as one line.

export interface Series {
  readonly label: string
  /** A CSS variable. */
  readonly color: string
  readonly dash: readonly number[]
  /** Null where nothing was measured. */
  readonly values: readonly (number | null)[]
}
