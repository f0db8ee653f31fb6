// Which rows of a table are selected, by their keys.

export type Selection = ReadonlySet<string>

/** Selects the row, or deselects it. */
export function flipped(selection: Selection, key: string): Selection {
  const others = [...selection].filter((other) => other !== key)
  return new Set(selection.has(key) ? others : [...others, key])
}

/** The selection state of the shown rows. `none` if there are no rows. */
export function selectedShare(selection: Selection, keys: readonly string[]): 'all' | 'some' | 'none' {
  const selected = keys.filter((key) => selection.has(key)).length
  if (selected === 0) return 'none'
  return selected === keys.length ? 'all' : 'some'
}
