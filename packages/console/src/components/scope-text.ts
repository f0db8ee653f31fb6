// What a scope is for, in one line.
import type { Scope } from 'latchkey/admin-api'
import { t } from '../strings.ts'

/** The description as a sentence, then the APIs that the scope opens. */
export function scopeText({ description, apis }: Pick<Scope, 'description' | 'apis'>): string {
  const opens = apis.length === 0 ? t.create.opensNothing : t.create.opens(apis.join(', '))
  if (description === '') return opens
  return `${description}${/[.!?…]$/.test(description) ? '' : '.'} ${opens}`
}
