// Texts about a restored store. They say how many tokens ended, and what the operator must check.

/** Returns a sentence with the number of tokens that were live. */
export const tokensOf = (count: number): string => (count === 1 ? '1 that was live' : `${String(count)} that were live`)

export const WHAT_IS_MISSING: readonly string[] = [
  'Changes since then are missing. Check for what came back: integrations that had been disabled, secrets and admin',
  'keys that had ended, signing keys that had been revoked, operators who had been removed.',
]
