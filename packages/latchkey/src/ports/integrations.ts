// The integrations: what decides about a client, and how operators change it.
import type { Result, Scope } from '@latchkey/protocol'
import type { ChangeRefusal, IntegrationChange } from '../domain/integration-change.ts'
import type { Integration, IntegrationProfile, IntegrationState } from '../domain/integration.ts'

/** A new integration with its first secret. */
export interface NewIntegration {
  readonly profile: IntegrationProfile
  readonly integration: Integration
  readonly scopes: readonly Scope[]
  /** The first secret, sealed for the operator's look-up; null when secrets are shown once only. */
  readonly sealedSecret: Uint8Array | null
}

export interface IntegrationSummary extends IntegrationProfile {
  readonly state: IntegrationState
}

export type CreateRefusal = { readonly reason: 'client_id_taken'; readonly clientId: string }

export type UnknownIntegration = { readonly reason: 'unknown_integration' }

export interface Integrations {
  /** The state of an integration at this moment. Throws `StoreUnavailable`. */
  find(clientId: string): Promise<IntegrationState | undefined>
  /** Makes all of them, or none. Throws `StoreUnavailable`. */
  create(batch: readonly NewIntegration[]): Promise<Result<void, CreateRefusal>>
  /**
   * Applies one change, durably, through the same queue as issuances; its effect on the slots is in the same commit, so
   * that it holds at the very next check. Throws `StoreUnavailable`.
   */
  change(clientId: string, change: IntegrationChange): Promise<Result<void, ChangeRefusal | UnknownIntegration>>
  /** Removes the integration, its secrets, slots and rings; its tokens are unknown from then on. Throws `StoreUnavailable`. */
  remove(clientId: string): Promise<Result<void, UnknownIntegration>>
  findById(id: string): Promise<IntegrationSummary | undefined>
  /** At most `limit` integrations, the oldest first, after the one with the id `after`. */
  list(page: { readonly limit: number; readonly after: string | undefined }): Promise<readonly IntegrationSummary[]>
}
