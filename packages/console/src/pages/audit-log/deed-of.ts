// Describes an audit event in words that follow the name of the actor. The words for a refusal include its reason.
import type { AuditEvent, AuditEventName } from 'latchkey/admin-api'
import { EVENT_WORDS, OWN_EVENT_WORDS } from '../../strings/activity.ts'
import { phraseOf } from '../../strings/refusal-reasons.ts'

/** An event that this version does not know is shown by its name. */
export function deedOf({ event, actor, target, after }: Pick<AuditEvent, 'event' | 'after'> & DeedParties): string {
  const known = isKnown(event) ? event : undefined
  const own = known !== undefined && actor.id === target.id ? OWN_EVENT_WORDS[known] : undefined
  const words = known === undefined ? undefined : EVENT_WORDS[known]
  const reason = event === 'client.refused' ? after['reason'] : undefined
  const deed = own ?? words?.(target.name) ?? `${event}: ${target.name}`
  return typeof reason === 'string' ? `${deed}: ${phraseOf(reason)}` : deed
}

const isKnown = (event: string): event is AuditEventName => Object.hasOwn(EVENT_WORDS, event)

interface DeedParties {
  readonly actor: Pick<AuditEvent['actor'], 'id'>
  readonly target: Pick<AuditEvent['target'], 'id' | 'name'>
}
