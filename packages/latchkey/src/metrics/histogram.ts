// A histogram: one array counts values between fixed bounds. An observation allocates no memory.

export class Histogram {
  /** The upper bounds, in ascending order. A value that equals a bound counts under that bound. */
  readonly bounds: readonly number[]
  /** One count for each bound, and one for larger values. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let place = 0
    while (place < this.bounds.length && value > (this.bounds[place] as number)) place++
    this.counts[place] = (this.counts[place] as number) + 1
    this.sum += value
  }
}
