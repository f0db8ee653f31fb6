// What operators are told of a store that was put back: how many tokens ended with it, and what to look for.

/** How many live ones. */
export const tokensOf = (count: number): string => (count === 1 ? '1 that was live' : `${String(count)} that were live`)

export const WHAT_IS_MISSING: readonly string[] = [
  'What was changed since then is not in it. Look for what came back with it: integrations that were disabled, secrets',
  'and admin keys that were ended, signing keys that were revoked, operators who were removed.',
]
