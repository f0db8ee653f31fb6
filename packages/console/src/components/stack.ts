// Areas on top of each other.

/** Returns the upper edge of each area, the lowest area first. A value without a measurement counts as 0. */
export function stacked(areas: readonly (readonly (number | null)[])[]): readonly (readonly number[])[] {
  const edges: (readonly number[])[] = []
  for (const values of areas) {
    const below = edges.at(-1)
    edges.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)))
  }
  return edges
}
