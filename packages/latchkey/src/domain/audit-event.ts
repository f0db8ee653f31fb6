// An event of the audit trail: the author, the target, the time and the address of an administrative act, and the
// changed values before and after.
import type { EpochSeconds } from './slot.ts'

/** The authenticated author of a change. */
export interface Actor {
  readonly kind: 'admin_key' | 'operator' | 'system'
  readonly id: string
  readonly name: string
  /** The IP address of the author. Empty for changes that the server itself makes. */
  readonly address: string
  readonly userAgent: string
  readonly requestId: string
}

/**
 * The author of changes that the server itself makes: at its first start, after a change of its configuration, and in a
 * key rotation.
 */
export const SYSTEM: Actor = {
  kind: 'system',
  id: 'system',
  name: 'Latchkey',
  address: '',
  userAgent: '',
  requestId: '',
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }

export type JsonObject = Readonly<Record<string, JsonValue>>

export interface AuditTarget {
  readonly kind:
    'integration' | 'scope' | 'api' | 'signing_key' | 'admin_key' | 'operator' | 'issuer' | 'audit_trail' | 'server'
  readonly id: string
  /** The name of the target at the time of the change. */
  readonly name: string
}

export const AUDIT_TRAIL_TARGET: AuditTarget = { kind: 'audit_trail', id: 'audit_trail', name: 'audit trail' }

/** The target of events that concern the whole server or its store. */
export const SERVER_TARGET: AuditTarget = { kind: 'server', id: 'server', name: 'Latchkey' }

/** The names of all events, grouped by their target. */
export const AUDIT_EVENTS = [
  'integration.created',
  'integration.updated',
  'integration.disabled',
  'integration.enabled',
  'integration.deleted',
  'secret.rotated',
  'secret.ended',
  'secret.revealed',
  'secrets.sealed_copies_erased',
  'credential.added',
  'credential.ended',
  'issuer.created',
  'issuer.changed',
  'issuer.deleted',
  'token.requested',
  'tokens.revoked',
  'client.refused',
  'scope.created',
  'scope.updated',
  'scope.audience_changed',
  'scope.deleted',
  'api.created',
  'api.updated',
  'api.deleted',
  'signing_key.published',
  'signing_key.activated',
  'signing_key.retired',
  'signing_key.revoked',
  'signing_key.removed',
  'admin_key.created',
  'admin_key.revoked',
  'operator.created',
  'operator.invited',
  'operator.signed_in',
  'operator.sign_in_failed',
  'operator.signed_out',
  'operator.role_changed',
  'operator.disabled',
  'operator.enabled',
  'operator.removed',
  'operator.reset',
  'operator.password_set',
  'set_up_link.created',
  'store.backed_up',
  'store.tokens_ended',
  'audit_trail.begun',
  'audit_trail.lost',
  'audit_trail.pruned',
] as const
/** The name of an event: the target and a past participle. */
export type AuditEventName = (typeof AUDIT_EVENTS)[number]

/** The events that record a refusal. All other events record a change, or an act such as revealing a secret. */
export const REFUSAL_EVENTS = ['client.refused', 'operator.sign_in_failed'] as const satisfies readonly AuditEventName[]
export type RefusalEventName = (typeof REFUSAL_EVENTS)[number]

/**
 * The audit record of a change. The server writes it in the same commit as the change. It contains no secret, and only
 * the values that changed. A number whose name ends in `_at`, `_from` or `_until` is a time in whole seconds since the
 * epoch.
 */
export interface AuditRecord {
  readonly event: AuditEventName
  readonly actor: Actor
  readonly target: AuditTarget
  readonly before: JsonObject
  readonly after: JsonObject
}

/** An event that is in the audit trail. */
export interface AuditEvent extends Omit<AuditRecord, 'event'> {
  /**
   * The name. A string, because a newer server on the same store may have recorded an event that this version does not
   * know.
   */
  readonly event: string
  /** The number of the event. Numbers begin at 1 and have no gaps. */
  readonly seq: number
  readonly at: EpochSeconds
}

/** Returns the members whose values differ, with their old values in `before` and their new values in `after`. */
export function changedMembers(
  before: JsonObject,
  after: JsonObject,
): { readonly before: JsonObject; readonly after: JsonObject } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  const pick = (from: JsonObject): JsonObject =>
    Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
  return { before: pick(before), after: pick(after) }
}
