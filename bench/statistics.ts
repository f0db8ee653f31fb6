// Medians and percentiles.

/**
 * Returns the median. For an even number of values it is the lower of the two middle values. Throws RangeError for an
 * empty list.
 */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1]
  if (middle === undefined) throw new RangeError('an empty list has no median')
  return middle
}

/**
 * Collects one value in milliseconds for each answer. It grows in large steps, so that adding a value seldom copies.
 */
export class Samples {
  #values = new Float64Array(1 << 16)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = value
  }

  /**
   * Returns, for each share, the smallest sample that is at least as large as this share of all samples. 0 without
   * samples.
   */
  percentiles(...shares: readonly number[]): readonly number[] {
    const sorted = this.#values.subarray(0, this.#count).toSorted()
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  }
}
