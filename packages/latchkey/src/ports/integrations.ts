// The port for integrations: the state on which decisions about a client depend, and the changes that operators make to
// it.
import type { Result, Scope } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AttentionKind } from '../domain/attention.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { SecretOrigin } from '../domain/client-secret.ts'
import type { ChangeRefusal, IntegrationChange } from '../domain/integration-change.ts'
import type { Integration, IntegrationProfile, IntegrationState } from '../domain/integration.ts'
import type { EpochSeconds, Generation } from '../domain/slot.ts'

/** A new integration with its first secret. */
export interface NewIntegration {
  readonly profile: IntegrationProfile
  readonly integration: Integration
  readonly scopes: readonly Scope[]
  /**
   * The sealed first secret, with which an operator can reveal the secret. Null if the secret was imported, or if
   * secrets are shown only once.
   */
  readonly sealedSecret: Uint8Array | null
  readonly secretOrigin: SecretOrigin
  /** The generations of the slots begin above this number. It is 0 for a client ID that was never used. */
  readonly firstGeneration: Generation
}

/** The last use of a secret or key: when, and from where. */
export interface LastUse {
  readonly at: EpochSeconds
  /** IP address, as text. */
  readonly address: string
  /** The user agent as the caller sent it. The store keeps at most 120 printable bytes of it. */
  readonly userAgent: string
}

export interface IntegrationSummary extends IntegrationProfile {
  readonly state: IntegrationState
  readonly updatedAt: EpochSeconds
  readonly lastUse: LastUse | undefined
}

/**
 * The column that a list is ordered by. `-` means descending. `attention`: first those that need attention, and the last
 * used ones first among both.
 */
export type IntegrationOrder = `${'' | '-'}${'created' | 'name' | 'last_used'}` | 'attention'

export interface IntegrationFilter {
  /** A part of a name or a tag in any case, or the beginning of a client ID. */
  readonly search: string | undefined
  readonly enabled: boolean | undefined
  /** Finds only integrations that may request this scope. */
  readonly scope: string | undefined
  readonly attention: AttentionQuery
}

export interface AttentionQuery {
  /** Finds only integrations that need attention for this reason, or for any. */
  readonly only: AttentionKind | 'any' | undefined
  /** The reasons other than `unused`, by client ID. */
  readonly present: ReadonlyMap<string, readonly AttentionKind[]>
  /** An active integration whose last use, or creation, was before this time is unused. */
  readonly unusedBefore: EpochSeconds
}

export interface IntegrationQuery extends IntegrationFilter {
  readonly order: IntegrationOrder
  readonly limit: number
  /** The position at the end of the previous page. Undefined for the first page. */
  readonly after: ListPosition | undefined
}

/** A position in an ordered list. It stays valid even if the entry at this position is deleted. */
export interface ListPosition {
  /** The entry's value in the column that the list is ordered by. */
  readonly value: string | number
  /** The entry's sequence number. It orders entries with the same value. */
  readonly seq: number
}

export interface IntegrationPage {
  readonly items: readonly IntegrationSummary[]
  /** The position at which the next page begins. Undefined on the last page. */
  readonly next: ListPosition | undefined
}

/** How many integrations of each status a filter finds. The member `enabled` of the filter is ignored. */
export interface IntegrationCounts {
  readonly active: number
  readonly disabled: number
  /** How many need attention, for each reason and for any. The filter's own `attention.only` is ignored. */
  readonly attention: Readonly<Record<AttentionKind | 'any', number>>
}

/**
 * The record of a request's `Idempotency-Key`. If the request is repeated, the server answers it without a second
 * change.
 */
export interface IdempotencyRecord {
  /** The caller and the key that the caller sent. */
  readonly key: string
  /** A digest of the request. It shows whether a repeated key came with a different request. */
  readonly request: string
  /** The id of the integration or secret that the request makes. */
  readonly made: string
}

export type IdempotencyRefusal =
  /** The request was carried out before. `made` is the id of its result. */
  { readonly reason: 'already_made'; readonly made: string } | { readonly reason: 'idempotency_key_reused' }

/** A scope was deleted after the caller read it. The caller must read the scopes again. */
export type ScopeGone = { readonly reason: 'scope_gone' }

export type CreateRefusal =
  { readonly reason: 'client_id_taken'; readonly clientId: string } | ScopeGone | IdempotencyRefusal

export type UnknownIntegration = { readonly reason: 'unknown_integration' }

export interface ChangeOrder {
  /** The version that the caller read. If it is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly idempotency?: IdempotencyRecord
  /** Makes the audit record from the states before and after the change. */
  readonly audit: (before: IntegrationState, after: IntegrationState) => AuditRecord
}

export interface ChangedIntegration {
  readonly before: IntegrationState
  readonly after: IntegrationState
}

export type ChangeIntegrationRefusal =
  ChangeRefusal | UnknownIntegration | VersionConflict | ScopeGone | IdempotencyRefusal

export interface Integrations {
  /** Returns the present state of an integration. Throws `StoreUnavailable`. */
  find(clientId: string): Promise<IntegrationState | undefined>
  /**
   * Returns the state in this process's memory. The state may be old, or the outcome of its last change unknown. Use it
   * only for a decision that the commit checks again.
   */
  known(clientId: string): IntegrationState | undefined
  /**
   * Returns the current state. Undefined if memory is certainly up to date, so that `known` returns the current state.
   * Throws or rejects with `StoreUnavailable`.
   */
  present(clientId: string): Promise<IntegrationState | undefined> | undefined
  /** Creates all integrations of the batch, or none. Throws `StoreUnavailable`. */
  create(
    batch: readonly NewIntegration[],
    audit: readonly AuditRecord[],
    idempotency?: IdempotencyRecord,
  ): Promise<Result<void, CreateRefusal>>
  /**
   * Applies all changes, or none. The changes are one commit with their effect on the slots, in the same queue as
   * issuances, so the next check of a token uses the new state. Throws `StoreUnavailable`.
   */
  change(
    clientId: string,
    changes: readonly IntegrationChange[],
    order: ChangeOrder,
  ): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>>
  /**
   * Deletes the integration, its secrets, slots and issuance histories. From then on its tokens are unknown. Throws
   * `StoreUnavailable`.
   */
  remove(
    clientId: string,
    order: Omit<ChangeOrder, 'idempotency' | 'audit'> & { readonly audit: AuditRecord },
  ): Promise<Result<void, UnknownIntegration | VersionConflict>>
  /** Returns the states in this process's memory, of all integrations. They may be old: see `known`. */
  all(): Iterable<IntegrationState>
  /** Finds an integration by its id (`int_…`) or its client ID. Throws `StoreUnavailable`. */
  findByIdOrClientId(idOrClientId: string): Promise<IntegrationSummary | undefined>
  /** Returns one page of the list. Throws `StoreUnavailable`. */
  list(query: IntegrationQuery): Promise<IntegrationPage>
  /** Counts the integrations that match the filter. Throws `StoreUnavailable`. */
  count(filter: IntegrationFilter): Promise<IntegrationCounts>
}
