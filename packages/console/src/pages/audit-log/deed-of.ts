// The act of an audit event in words, to follow the name of the actor.
import type { AuditEvent } from 'latchkey/admin-api'
import { EVENT_WORDS, OWN_EVENT_WORDS } from '../../strings/activity.ts'

/** An event that this version does not know is shown by its name. */
export function deedOf({ event, actor, target }: Pick<AuditEvent, 'event'> & DeedParties): string {
  const own = actor.id === target.id && Object.hasOwn(OWN_EVENT_WORDS, event) ? OWN_EVENT_WORDS[event] : undefined
  const words = Object.hasOwn(EVENT_WORDS, event) ? EVENT_WORDS[event] : undefined
  return own ?? words?.(target.name) ?? `${event}: ${target.name}`
}

interface DeedParties {
  readonly actor: Pick<AuditEvent['actor'], 'id'>
  readonly target: Pick<AuditEvent['target'], 'id' | 'name'>
}
