// The integrations: what decides about a client, and how operators change it.
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
  /** The first secret, sealed for the operator's look-up; null when secrets are shown once only, and for an imported one. */
  readonly sealedSecret: Uint8Array | null
  readonly secretOrigin: SecretOrigin
  /** What its slots' numbers begin above; 0 for a client ID that never was. */
  readonly firstGeneration: Generation
}

/** When, and from where, something was last used. */
export interface LastUse {
  readonly at: EpochSeconds
  /** IP address, as text. */
  readonly address: string
  /** As it was sent; read again it is printable, and at most 120 bytes. */
  readonly userAgent: string
}

export interface IntegrationSummary extends IntegrationProfile {
  readonly state: IntegrationState
  readonly updatedAt: EpochSeconds
  readonly lastUse: LastUse | undefined
}

/** The order of a list: by what, and in which direction. */
export type IntegrationOrder = `${'' | '-'}${'created' | 'name' | 'last_used'}`

export interface IntegrationFilter {
  /** Part of a name, whatever its case, or the whole or the beginning of a client ID. */
  readonly search: string | undefined
  readonly enabled: boolean | undefined
  /** Only those that are allowed this scope. */
  readonly scope: string | undefined
}

export interface IntegrationQuery extends IntegrationFilter {
  readonly order: IntegrationOrder
  readonly limit: number
  /** Where the page before ended; undefined for the first page. */
  readonly after: ListPosition | undefined
}

/** A place in an ordered list: it stays one when the entry that ended the page is deleted. */
export interface ListPosition {
  /** Of the entry, in the column that the list is ordered by. */
  readonly value: string | number
  /** Of the entry: orders those that have the same value. */
  readonly seq: number
}

export interface IntegrationPage {
  readonly items: readonly IntegrationSummary[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: ListPosition | undefined
}

/** How many a filter finds, by status, whatever its own `enabled`. */
export interface IntegrationCounts {
  readonly active: number
  readonly disabled: number
}

/** The caller's promise that a request with this key is to be carried out once. */
export interface IdempotencyClaim {
  /** Whose key it is, and which. */
  readonly key: string
  /** What was asked, so that another request under the same key is noticed. */
  readonly request: string
  /** The id of what is made. */
  readonly made: string
}

export type ClaimRefusal =
  /** It was carried out before, and made this. */
  { readonly reason: 'already_made'; readonly made: string } | { readonly reason: 'idempotency_key_reused' }

/** One of the scopes was deleted since the caller looked: look again. */
export type ScopeGone = { readonly reason: 'scope_gone' }

export type CreateRefusal = { readonly reason: 'client_id_taken'; readonly clientId: string } | ScopeGone | ClaimRefusal

export type UnknownIntegration = { readonly reason: 'unknown_integration' }

export interface ChangeOrder {
  /** The version that the caller saw; undefined when the change is right whatever it is by now. */
  readonly version: number | undefined
  readonly claim?: IdempotencyClaim
  /** What the audit trail is told, made from the states that the change really met and left. */
  readonly audit: (before: IntegrationState, after: IntegrationState) => AuditRecord
}

export interface ChangedIntegration {
  readonly before: IntegrationState
  readonly after: IntegrationState
}

export type ChangeIntegrationRefusal = ChangeRefusal | UnknownIntegration | VersionConflict | ScopeGone | ClaimRefusal

export interface Integrations {
  /** The state of an integration at this moment. Throws `StoreUnavailable`. */
  find(clientId: string): Promise<IntegrationState | undefined>
  /** The state that this process knows. It may be old or in doubt: only a decision that a commit judges again rests on it. */
  known(clientId: string): IntegrationState | undefined
  /**
   * The state at this moment, where `known` may be older. Undefined if `known` is never older. Throws, or rejects with,
   * `StoreUnavailable`.
   */
  present(clientId: string): Promise<IntegrationState | undefined> | undefined
  /** Makes all of them, or none. Throws `StoreUnavailable`. */
  create(
    batch: readonly NewIntegration[],
    audit: readonly AuditRecord[],
    claim?: IdempotencyClaim,
  ): Promise<Result<void, CreateRefusal>>
  /**
   * Applies the changes, all or none, durably, through the same queue as issuances; their effect on the slots is in the
   * same commit, so that it holds at the very next check. Throws `StoreUnavailable`.
   */
  change(
    clientId: string,
    changes: readonly IntegrationChange[],
    order: ChangeOrder,
  ): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>>
  /** Removes the integration, its secrets, slots and rings; its tokens are unknown from then on. Throws `StoreUnavailable`. */
  remove(
    clientId: string,
    order: Omit<ChangeOrder, 'claim' | 'audit'> & { readonly audit: AuditRecord },
  ): Promise<Result<void, UnknownIntegration | VersionConflict>>
  /** By its id (`int_…`) or its client ID. Throws `StoreUnavailable`. */
  findByIdOrClientId(idOrClientId: string): Promise<IntegrationSummary | undefined>
  /** One page. Throws `StoreUnavailable`. */
  list(query: IntegrationQuery): Promise<IntegrationPage>
  /** Throws `StoreUnavailable`. */
  count(filter: IntegrationFilter): Promise<IntegrationCounts>
}
