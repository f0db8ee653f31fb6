// The result of one check of `latchkey doctor`.

export interface Finding {
  readonly check: string
  /** `advice`: nothing is broken, and there is something to do. */
  readonly status: 'ok' | 'advice' | 'problem' | 'skipped'
  /** The result of the check. It contains no secret. */
  readonly found: string
  /** The remedy, as a sentence. Every advice and every problem has this member. */
  readonly cure?: string
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found })

export const skipped = (check: string, found: string): Finding => ({ check, status: 'skipped', found })

export const advice = (check: string, found: string, cure: string): Finding => ({
  check,
  status: 'advice',
  found,
  cure,
})

export const problem = (check: string, found: string, cure: string): Finding => ({
  check,
  status: 'problem',
  found,
  cure,
})

/** The largest number of names in the text of a finding. */
const MOST_NAMED = 10

/** Returns one piece of advice with the names of the things that need it. No advice if there are no names. */
export const namedAdvice = (check: string, names: readonly string[], cure: string): readonly Finding[] =>
  named(advice, { check, names, cure })

/** Returns one problem with the names of the things that have it. No problem if there are no names. */
export const namedProblem = (check: string, names: readonly string[], cure: string): readonly Finding[] =>
  named(problem, { check, names, cure })

interface Named {
  readonly check: string
  readonly names: readonly string[]
  readonly cure: string
}

function named(make: typeof problem, { check, names, cure }: Named): readonly Finding[] {
  if (names.length === 0) return []
  const others = names.length - MOST_NAMED
  const found = `${names.slice(0, MOST_NAMED).join(', ')}${others > 0 ? ` and ${String(others)} more` : ''}`
  return [make(check, found, cure)]
}
