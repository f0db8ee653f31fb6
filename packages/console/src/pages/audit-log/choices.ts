// The options of a filter: the operator chooses a name, and the filter uses the ID.

export type Named = readonly [id: string, name: string]

/** Returns each ID once, in the order of the names. The chosen ID is always included. */
export function choices(
  found: readonly Named[],
  chosen: Named | undefined,
): readonly { readonly value: string; readonly label: string }[] {
  const byId = new Map(chosen === undefined ? found : [...found, chosen])
  return [...byId]
    .map(([value, label]) => ({ value, label }))
    .toSorted((one, other) => one.label.localeCompare(other.label, 'en'))
}
