// A histogram with fixed bounds. An observation allocates no memory.

export class Histogram {
  /** The upper bounds (inclusive), in ascending order. */
  readonly bounds: readonly number[]
  /** One count for each bound, and a last count for values above all bounds. */
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
