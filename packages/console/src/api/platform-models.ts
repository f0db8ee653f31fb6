// What the admin API answers about the platform itself: keys, APIs, the audit trail and the server's work.
import type { AuditEvent, Contention, Counts, Interval, LastUse, Operator, Role, Slot } from './models.ts'

export interface Api {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly description: string
  readonly routes: readonly string[]
  readonly version: number
}

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly status: 'next' | 'signing' | 'retired' | 'revoked'
  readonly created_at: string
  readonly signs_from: string
  readonly retired_at: string | null
  readonly revoked_at: string | null
  readonly accepted_until: string | null
}

export interface AdminKey {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly loopback_only: boolean
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used: LastUse | null
  readonly status: 'active' | 'expired' | 'revoked'
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor: string | null
}

export type SlotPage = Page<Slot>
export type AuditPage = Page<AuditEvent>

export interface ChainReport {
  readonly intact: boolean
  readonly checked: number
  readonly from_seq: number
  readonly to_seq: number
  readonly problem?: { readonly seq: number; readonly what: string }
}

/** In milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface ServerInterval extends Interval {
  readonly accepted: number
  readonly token_latency_ms: Percentiles | null
}

export interface Overview {
  readonly since: string
  readonly last_hour: Counts
  readonly last_24_hours: Counts
  readonly contention: readonly Contention[]
  readonly minutes: readonly ServerInterval[]
  readonly half_hours: readonly ServerInterval[]
}

export interface OperatorRecord extends Operator {
  readonly created_at: string
  readonly last_sign_in: string | null
  readonly status: 'active' | 'invited' | 'disabled'
  readonly version: number
}

export interface OperatorSession {
  readonly id: string
  readonly created_at: string
  readonly last_seen: string
  readonly expires_at: string
  readonly address: string
  readonly user_agent: string
  readonly current: boolean
}

/** Shown once, in the answer that made it. */
export interface OperatorLink extends OperatorRecord {
  readonly link: string
  readonly link_expires_at: string
}

export interface SettingInForce {
  readonly name: string
  readonly group: string
  readonly description: string
  /** Null when nothing sets it: `default` says what then happens. Of a secret always null. */
  readonly value: string | null
  readonly default: string
  readonly origin: string
  readonly secret: 'set' | 'unset' | null
}
