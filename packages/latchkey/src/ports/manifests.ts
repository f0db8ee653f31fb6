// The port that applies a manifest: several administrative changes of different kinds, in one commit.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { ApiChange, ApiExists, ApiUnknown, ChangedApi } from '../domain/api-change.ts'
import type { ApiRecord, ScopeRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type {
  ChangedIssuer,
  IssuerChange,
  IssuerInUse,
  IssuerTaken,
  UnknownIssuer,
} from '../domain/trusted-issuer-change.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { ChangedScope, NewScope, ScopeChange, ScopeExists } from '../domain/scope-change.ts'
import type { CatalogOrder } from './catalog.ts'
import type {
  ChangeIntegrationRefusal,
  ChangeOrder,
  IdempotencyRefusal,
  CreateRefusal,
  IntegrationSummary,
  NewIntegration,
} from './integrations.ts'

export type ManifestAct =
  | { readonly kind: 'create_issuer'; readonly issuer: TrustedIssuer; readonly audit: AuditRecord }
  | {
      readonly kind: 'change_issuer'
      readonly change: IssuerChange
      readonly audit: (changed: ChangedIssuer) => AuditRecord
    }
  | {
      readonly kind: 'delete_issuer'
      readonly order: Pick<IssuerChange, 'id' | 'version'>
      readonly audit: AuditRecord
    }
  | {
      readonly kind: 'create_scope'
      readonly scope: NewScope
      readonly audit: (made: ScopeRecord) => readonly AuditRecord[]
    }
  | {
      readonly kind: 'change_scope'
      readonly name: string
      readonly change: ScopeChange
      readonly order: CatalogOrder<ChangedScope>
    }
  | { readonly kind: 'create_api'; readonly api: ApiRecord; readonly audit: readonly AuditRecord[] }
  | {
      readonly kind: 'change_api'
      readonly id: string
      readonly change: ApiChange
      readonly order: CatalogOrder<ChangedApi>
    }
  | { readonly kind: 'create_integration'; readonly integration: NewIntegration; readonly audit: AuditRecord }
  | {
      readonly kind: 'change_integration'
      readonly clientId: string
      readonly changes: readonly IntegrationChange[]
      readonly order: Omit<ChangeOrder, 'idempotency'>
    }

export type ManifestRefusal =
  | UnknownIssuer
  | IssuerTaken
  | IssuerInUse
  | ScopeUnknown
  | ScopeExists
  | LimitReached
  | ApiUnknown
  | ApiExists
  | Exclude<CreateRefusal, IdempotencyRefusal>
  | Exclude<ChangeIntegrationRefusal, IdempotencyRefusal>

export interface Manifests {
  /**
   * Runs `act` after all earlier calls have ended, because an earlier manifest may create records that this manifest
   * needs. Resolves or rejects with the result of `act`.
   */
  inTurn<Outcome>(act: () => Promise<Outcome>): Promise<Outcome>
  /** Returns the integrations that have one of these names or client IDs. Throws `StoreUnavailable`. */
  matching(names: readonly string[], clientIds: readonly string[]): Promise<readonly IntegrationSummary[]>
  /**
   * Carries out all acts in one commit. If one act is refused, carries out none of them. The refusal contains the index
   * of the refused act. Throws `StoreUnavailable`.
   */
  carryOut(
    acts: readonly ManifestAct[],
  ): Promise<Result<void, { readonly index: number; readonly refusal: ManifestRefusal }>>
}
