// The port for integrations: the state that decides about a client, and the changes that operators make to it.
import type { Result, Scope } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
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
   * The sealed first secret, so that an operator can reveal it. Null if secrets are shown only once or it was imported.
   */
  readonly sealedSecret: Uint8Array | null
  readonly secretOrigin: SecretOrigin
  /** The generations of its slots begin above this number. 0 for a client ID that was never used. */
  readonly firstGeneration: Generation
}

/** The last use of a secret or key: when, and from where. */
export interface LastUse {
  readonly at: EpochSeconds
  /** IP address, as text. */
  readonly address: string
  /** As the caller sent it. The store keeps at most 120 printable bytes of it. */
  readonly userAgent: string
}

export interface IntegrationSummary extends IntegrationProfile {
  readonly state: IntegrationState
  readonly updatedAt: EpochSeconds
  readonly lastUse: LastUse | undefined
}

/** The column that a list is ordered by. `-` means descending. */
export type IntegrationOrder = `${'' | '-'}${'created' | 'name' | 'last_used'}`

export interface IntegrationFilter {
  /** Part of a name in any case, or the beginning of a client ID. */
  readonly search: string | undefined
  readonly enabled: boolean | undefined
  /** Finds only integrations that may request this scope. */
  readonly scope: string | undefined
}

export interface IntegrationQuery extends IntegrationFilter {
  readonly order: IntegrationOrder
  readonly limit: number
  /** The end of the page before. Undefined for the first page. */
  readonly after: ListPosition | undefined
}

/** A position in an ordered list. It stays valid if the entry that it was made from is deleted. */
export interface ListPosition {
  /** The entry's value in the column that the list is ordered by. */
  readonly value: string | number
  /** The entry's sequence number. It orders entries with the same value. */
  readonly seq: number
}

export interface IntegrationPage {
  readonly items: readonly IntegrationSummary[]
  /** The position for the next page. Undefined on the last page. */
  readonly next: ListPosition | undefined
}

/** How many integrations a filter finds in each status. The filter's own `enabled` is ignored. */
export interface IntegrationCounts {
  readonly active: number
  readonly disabled: number
}

/** The record of a request's `Idempotency-Key`: a repetition of the request is answered without a second change. */
export interface IdempotencyRecord {
  /** The caller and the key that the caller sent. */
  readonly key: string
  /** A digest of the request. It reveals a different request with the same key. */
  readonly request: string
  /** The id of the integration or secret that the request makes. */
  readonly made: string
}

export type IdempotencyRefusal =
  /** The request was carried out before. `made` is the id of its result. */
  { readonly reason: 'already_made'; readonly made: string } | { readonly reason: 'idempotency_key_reused' }

/** One of the scopes was deleted after the caller read it. The caller reads again. */
export type ScopeGone = { readonly reason: 'scope_gone' }

export type CreateRefusal =
  { readonly reason: 'client_id_taken'; readonly clientId: string } | ScopeGone | IdempotencyRefusal

export type UnknownIntegration = { readonly reason: 'unknown_integration' }

export interface ChangeOrder {
  /** The version that the caller read. Undefined if the change applies to any version. */
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
   * Returns the present state if `known` may be older than that. Returns undefined if `known` is never older. Throws or
   * rejects with `StoreUnavailable`.
   */
  present(clientId: string): Promise<IntegrationState | undefined> | undefined
  /** Creates all integrations of the batch, or none. Throws `StoreUnavailable`. */
  create(
    batch: readonly NewIntegration[],
    audit: readonly AuditRecord[],
    idempotency?: IdempotencyRecord,
  ): Promise<Result<void, CreateRefusal>>
  /**
   * Applies all changes, or none. The changes and their effect on the slots are one commit in the same queue as
   * issuances, so the next check of a token sees them. Throws `StoreUnavailable`.
   */
  change(
    clientId: string,
    changes: readonly IntegrationChange[],
    order: ChangeOrder,
  ): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>>
  /**
   * Deletes the integration, its secrets, slots and issuance histories. Its tokens are unknown from then on. Throws
   * `StoreUnavailable`.
   */
  remove(
    clientId: string,
    order: Omit<ChangeOrder, 'idempotency' | 'audit'> & { readonly audit: AuditRecord },
  ): Promise<Result<void, UnknownIntegration | VersionConflict>>
  /** Finds an integration by its id (`int_…`) or its client ID. Throws `StoreUnavailable`. */
  findByIdOrClientId(idOrClientId: string): Promise<IntegrationSummary | undefined>
  /** Returns one page of the list. Throws `StoreUnavailable`. */
  list(query: IntegrationQuery): Promise<IntegrationPage>
  /** Counts the integrations that the filter finds. Throws `StoreUnavailable`. */
  count(filter: IntegrationFilter): Promise<IntegrationCounts>
}
