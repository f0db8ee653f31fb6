// The result of one check of `latchkey doctor`.

export interface Finding {
  readonly check: string
  /** `advice`: nothing is broken, and there is something to do. */
  readonly status: 'ok' | 'advice' | 'problem' | 'skipped'
  /** What the check found. It contains no secret. */
  readonly found: string
  /** What to do, as a sentence. Every advice and every problem has this member. */
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
