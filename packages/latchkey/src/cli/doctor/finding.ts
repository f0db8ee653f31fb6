// The result of one check of `latchkey doctor`.

export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'problem' | 'skipped'
  /** What the check found. It contains no secret. */
  readonly found: string
  /** What to do, as a sentence. Every problem has this member. */
  readonly cure?: string
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found })

export const skipped = (check: string, found: string): Finding => ({ check, status: 'skipped', found })

export const problem = (check: string, found: string, cure: string): Finding => ({
  check,
  status: 'problem',
  found,
  cure,
})
