// Finds the name that the operator probably meant, for messages such as "Did you mean …?".

/** Returns the candidate with the fewest edits from `name`. Undefined if no candidate is close enough to be a typing error. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  const bound = Math.max(2, Math.floor(name.length / 3))
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate)
    if (distance <= bound && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}

/**
 * Returns the Levenshtein distance of two texts: the number of insertions, deletions and replacements of single
 * characters.
 */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[other.length] ?? 0
}
