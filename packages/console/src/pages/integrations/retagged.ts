// The tags of an integration after tags were added to it or removed from it.

export type TagMode = 'add' | 'remove'

/** Returns undefined if nothing changes. */
export function retagged(
  before: readonly string[],
  tags: readonly string[],
  mode: TagMode,
): readonly string[] | undefined {
  const after = mode === 'add' ? [...new Set([...before, ...tags])] : before.filter((tag) => !tags.includes(tag))
  return after.length === before.length ? undefined : after
}
