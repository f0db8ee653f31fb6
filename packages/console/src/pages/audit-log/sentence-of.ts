// Splits the sentence about an audit event into the words before the name of its target, the name, and the words after
// it, so that a page can show the name as a link.
import type { AuditEvent } from 'latchkey/admin-api'
import { deedOf } from './deed-of.ts'

export interface SentenceParts {
  readonly before: string
  /** Empty if the sentence does not name the target. */
  readonly name: string
  readonly after: string
}

export function sentenceOf(event: Pick<AuditEvent, 'event' | 'actor' | 'target' | 'after'>): SentenceParts {
  const deed = deedOf(event)
  const { name } = event.target
  const at = name === '' ? -1 : deed.indexOf(name)
  if (at === -1) return { before: deed, name: '', after: '' }
  return { before: deed.slice(0, at), name, after: deed.slice(at + name.length) }
}
