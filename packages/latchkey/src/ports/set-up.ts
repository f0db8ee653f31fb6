// A declared set-up being put in place: several acts of administration, of different kinds, in one commit.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { ApiChange, ApiExists, ApiUnknown, ChangedApi } from '../domain/api-change.ts'
import type { ApiRecord, ScopeRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { ChangedScope, NewScope, ScopeChange, ScopeExists } from '../domain/scope-change.ts'
import type { CatalogOrder } from './catalog.ts'
import type {
  ChangeIntegrationRefusal,
  ChangeOrder,
  ClaimRefusal,
  CreateRefusal,
  IntegrationSummary,
  NewIntegration,
} from './integrations.ts'

export type SetUpAct =
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
      readonly order: Omit<ChangeOrder, 'claim'>
    }

export type SetUpRefusal =
  | ScopeUnknown
  | ScopeExists
  | LimitReached
  | ApiUnknown
  | ApiExists
  | Exclude<CreateRefusal, ClaimRefusal>
  | Exclude<ChangeIntegrationRefusal, ClaimRefusal>

export interface SetUp {
  /** One after the other: what one looks for, another may be making. Resolves and rejects as the act does. */
  inTurn<Outcome>(act: () => Promise<Outcome>): Promise<Outcome>
  /** Every integration with one of these names or client IDs: few enough to be named in one request. Throws `StoreUnavailable`. */
  matching(names: readonly string[], clientIds: readonly string[]): Promise<readonly IntegrationSummary[]>
  /** All of them in one commit, or none: then which one was refused. Throws `StoreUnavailable`. */
  carryOut(acts: readonly SetUpAct[]): Promise<Result<void, { readonly index: number; readonly refusal: SetUpRefusal }>>
}
