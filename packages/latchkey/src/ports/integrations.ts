// The port for integrations. Token requests read the state of an integration, and operators read, create, change and
// delete integrations.
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
   * The encrypted copy of the first secret, from which an operator can reveal the secret later. Null if the secret was
   * imported, or if the server is set to show secrets only once.
   */
  readonly sealedSecret: Uint8Array | null
  readonly secretOrigin: SecretOrigin
  /**
   * The generations (the numbers of changes) of the slots begin above this number. 0 if no earlier integration had the
   * client ID.
   */
  readonly firstGeneration: Generation
}

/** The time and the origin of the last use of a credential. */
export interface LastUse {
  readonly at: EpochSeconds
  /** The IP address as a text. */
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
 * The order of a list. `-` means descending. `attention`: the integrations that need attention come before the others.
 * Among those that need attention, and among the others, the most recently used integration comes first.
 */
export type IntegrationOrder = `${'' | '-'}${'created' | 'name' | 'last_used'}` | 'attention'

export interface IntegrationFilter {
  /** A part of a name or a tag in upper or lower case, or the beginning of a client ID. */
  readonly search: string | undefined
  readonly enabled: boolean | undefined
  /** Finds only integrations that may request this scope. */
  readonly scope: string | undefined
  readonly attention: AttentionQuery
}

export interface AttentionQuery {
  /**
   * Finds only integrations that need attention for this reason (`any`: for any reason). If undefined, finds all
   * integrations.
   */
  readonly only: AttentionKind | 'any' | undefined
  /** The reasons for attention by client ID, except `unused`. */
  readonly present: ReadonlyMap<string, readonly AttentionKind[]>
  /**
   * An enabled integration counts as unused if its last use (or its creation, if it was never used) was before this
   * time.
   */
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
  /** The value of the entry in the column by which the list is ordered. */
  readonly value: string | number
  /** The entry's sequence number. It orders entries with the same value. */
  readonly seq: number
}

export interface IntegrationPage {
  readonly items: readonly IntegrationSummary[]
  /** The position at which the next page begins. Undefined on the last page. */
  readonly next: ListPosition | undefined
}

/**
 * The number of integrations with each status among those that a filter finds. The member `enabled` of the filter is
 * ignored.
 */
export interface IntegrationCounts {
  readonly active: number
  readonly disabled: number
  /**
   * The number of integrations that need attention: for each reason, and in total. The member `attention.only` of the
   * filter is ignored.
   */
  readonly attention: Readonly<Record<AttentionKind | 'any', number>>
}

/**
 * The record of a request with the header `Idempotency-Key`. If the caller repeats the request, the server answers
 * without making a second change.
 */
export interface IdempotencyRecord {
  /** The caller, and the value of the header `Idempotency-Key`. */
  readonly key: string
  /** A digest of the request, by which the server detects a different request with the same `Idempotency-Key`. */
  readonly request: string
  /** The id of the integration or secret that the request creates. */
  readonly made: string
}

export type IdempotencyRefusal =
  /** The request was carried out before. `made` is the id of the integration or secret that this request created. */
  { readonly reason: 'already_made'; readonly made: string } | { readonly reason: 'idempotency_key_reused' }

/** A scope was deleted after the caller read the scopes. The caller must read them again. */
export type ScopeGone = { readonly reason: 'scope_gone' }

export type CreateRefusal =
  { readonly reason: 'client_id_taken'; readonly clientId: string } | ScopeGone | IdempotencyRefusal

export type UnknownIntegration = { readonly reason: 'unknown_integration' }

export interface ChangeOrder {
  /** The version that the caller read. If the version is undefined, the change applies to any version. */
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
   * Returns the state in the memory of this process. The state may be out of date, and the outcome of its last change
   * may be unknown. Use the state only for a decision that the commit checks again.
   */
  known(clientId: string): IntegrationState | undefined
  /**
   * Resolves with the current state. Returns undefined instead of a promise if the memory is certainly up to date: the
   * caller then gets the current state from `known` without a wait. Throws or rejects with `StoreUnavailable`.
   */
  present(clientId: string): Promise<IntegrationState | undefined> | undefined
  /** Creates all integrations of the batch, or refuses all of them. Throws `StoreUnavailable`. */
  create(
    batch: readonly NewIntegration[],
    audit: readonly AuditRecord[],
    idempotency?: IdempotencyRecord,
  ): Promise<Result<void, CreateRefusal>>
  /**
   * Applies all changes, or refuses all of them. The changes and their effects on live tokens are one commit, in the
   * same queue as issuances, so the next token check uses the new state. Throws `StoreUnavailable`.
   */
  change(
    clientId: string,
    changes: readonly IntegrationChange[],
    order: ChangeOrder,
  ): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>>
  /**
   * Deletes the integration and its credentials, slots and issuance histories. From then on, the server rejects the
   * tokens of the integration as `unknown`. Throws `StoreUnavailable`.
   */
  remove(
    clientId: string,
    order: Omit<ChangeOrder, 'idempotency' | 'audit'> & { readonly audit: AuditRecord },
  ): Promise<Result<void, UnknownIntegration | VersionConflict>>
  /**
   * Returns the states of all integrations in the memory of this process. The states may be out of date: see `known`.
   */
  all(): Iterable<IntegrationState>
  /** Finds an integration by its id (`int_…`) or its client ID. Throws `StoreUnavailable`. */
  findByIdOrClientId(idOrClientId: string): Promise<IntegrationSummary | undefined>
  /** Returns one page of the list. Throws `StoreUnavailable`. */
  list(query: IntegrationQuery): Promise<IntegrationPage>
  /** Counts the integrations that match the filter. Throws `StoreUnavailable`. */
  count(filter: IntegrationFilter): Promise<IntegrationCounts>
}
