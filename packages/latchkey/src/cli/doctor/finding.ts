// What one check of `latchkey doctor` came to.

export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'problem' | 'skipped'
  /** What was seen, without a secret. */
  readonly found: string
  /** A sentence; with every problem. */
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
