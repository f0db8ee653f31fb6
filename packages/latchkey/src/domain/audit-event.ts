// One administrative change as the audit trail tells it: who, what, when, from where, and what was before and after.
import type { EpochSeconds } from './slot.ts'

/** Who acts, as far as the act was proven to be theirs. */
export interface Actor {
  readonly kind: 'admin_key' | 'operator' | 'system'
  readonly id: string
  readonly name: string
  /** Empty for the system itself. */
  readonly address: string
  readonly userAgent: string
  readonly requestId: string
}

/** The server's own acts: a first start, a change of configuration, a step of a rotation. */
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
  readonly kind: 'integration' | 'scope' | 'api' | 'signing_key' | 'admin_key' | 'operator' | 'audit_trail' | 'server'
  readonly id: string
  /** As it was called at that moment. */
  readonly name: string
}

export const AUDIT_TRAIL_TARGET: AuditTarget = { kind: 'audit_trail', id: 'audit_trail', name: 'audit trail' }

/** The server as a whole, or its store. */
export const SERVER_TARGET: AuditTarget = { kind: 'server', id: 'server', name: 'Latchkey' }

/**
 * What is to be recorded with a change, in the same commit. Holds no secret, and of a change only what changed. A number
 * under a name that ends in `_at`, `_from` or `_until` is a time, in whole seconds since the epoch.
 */
export interface AuditRecord {
  /** Subject and past participle: `integration.disabled`. */
  readonly event: string
  readonly actor: Actor
  readonly target: AuditTarget
  readonly before: JsonObject
  readonly after: JsonObject
}

/** As recorded. */
export interface AuditEvent extends AuditRecord {
  /** Counts from 1 without gaps. */
  readonly seq: number
  readonly at: EpochSeconds
}

/** The members in which the two differ, each as it was and as it is. */
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
