// Adds the effects of a change of a scope to a batch: the row of the scope, its slots (one per integration), the rights
// for the scope, and the events of the audit trail.
import { accept, type Result } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ScopeRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import {
  addScope,
  type ChangedScope,
  editScope,
  type IfUsed,
  type NewScope,
  type RemovedScope,
  removeScope,
  type ScopeChange,
  type ScopeContext,
  type ScopeExists,
  type ScopeInUse,
  type ScopeState,
} from '../domain/scope-change.ts'
import type { CatalogOrder } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import { scopeInsert, scopeUpdate } from '../rows/catalog-rows.ts'
import { integrationUpdate } from '../rows/rows.ts'
import type { Generations } from '../state/generations.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { CatalogSnapshot } from './load-catalog.ts'

export interface CatalogSetting {
  readonly snapshot: CatalogSnapshot
  readonly clock: Clock
  readonly generations: Generations
  /** The `aud` of the tokens of every scope for which the operator set no audience. */
  readonly defaultAudience: string
}

export function stageNewScope(
  batch: StagedBatch,
  { snapshot, defaultAudience }: CatalogSetting,
  wanted: NewScope,
  audit: (made: ScopeRecord) => readonly AuditRecord[],
): Result<ScopeRecord, ScopeExists | LimitReached> {
  const added = addScope(batch.get(snapshot), wanted, { defaultAudience })
  if (!added.ok) return added
  const { scope, catalog } = added.value
  batch.put(snapshot, catalog, scopeInsert(wanted, defaultAudience))
  for (const record of audit(scope)) batch.record(record)
  return accept(scope)
}

export function stageScopeChange(
  batch: StagedBatch,
  setting: CatalogSetting,
  name: string,
  change: ScopeChange,
  { version, audit }: CatalogOrder<ChangedScope>,
): Result<ChangedScope, ScopeUnknown | VersionConflict> {
  const changed = editScope(stateOf(batch, setting), { name, version, change }, contextOf(setting))
  if (!changed.ok) return changed
  const { before, after, catalog, emptied } = changed.value
  if (after === before) return changed
  batch.put(setting.snapshot, catalog, scopeUpdate(after))
  for (const { clientId, slot } of emptied) batch.putSlot(clientId, slot)
  for (const record of audit(changed.value)) batch.record(record)
  return changed
}

export function stageScopeRemoval(
  batch: StagedBatch,
  setting: CatalogSetting,
  name: string,
  ifUsed: IfUsed,
  { version, audit }: CatalogOrder<RemovedScope>,
): Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse> {
  const context = contextOf(setting)
  const removed = removeScope(stateOf(batch, setting), { name, version, ifUsed }, context)
  if (!removed.ok) return removed
  const { scope, catalog, integrations } = removed.value
  for (const state of integrations) {
    const update = integrationUpdate(state.integration, context.now)
    batch.putState(state.integration.clientId, state, [update])
  }
  batch.put(setting.snapshot, catalog, ['delete_apis_of_scope', scope.name], ['delete_scope', scope.name])
  for (const record of audit(removed.value)) batch.record(record)
  return removed
}

const stateOf = (batch: StagedBatch, { snapshot }: CatalogSetting): ScopeState => ({
  catalog: batch.get(snapshot),
  integrations: integrationsOf(batch),
})

function* integrationsOf(batch: StagedBatch): Generator<IntegrationState> {
  for (const [, state] of batch.states()) yield state
}

const contextOf = ({ clock, generations, defaultAudience }: CatalogSetting): ScopeContext => ({
  now: clock.now(),
  nextGeneration: (slot) => generations.next(slot),
  defaultAudience,
})
