// Adds the effects of creating, changing and removing integrations to a batch.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { atVersion, type VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import { applyChanges, type IntegrationChange } from '../domain/integration-change.ts'
import { isUsedOnce } from '../domain/credential.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  ChangeOrder,
  IdempotencyRefusal,
  CreateRefusal,
  NewIntegration,
  UnknownIntegration,
} from '../ports/integrations.ts'
import type { Generations } from '../state/generations.ts'
import { changeWrites, insertsOf, newState, removal } from './integration-writes.ts'
import type { CatalogSnapshot } from './load-catalog.ts'
import type { SlotIds } from '../state/slot-ids.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export interface IntegrationSetting {
  readonly clock: Clock
  readonly slotIds: SlotIds
  readonly catalog: CatalogSnapshot
  readonly generations: Generations
}

/** Adds all of the integrations to the batch, or refuses all of them. */
export function stageNewIntegrations(
  batch: StagedBatch,
  setting: IntegrationSetting,
  integrations: readonly NewIntegration[],
  audit: readonly AuditRecord[],
): Result<void, Exclude<CreateRefusal, IdempotencyRefusal>> {
  const taken = integrations.find(({ integration }) => batch.state(integration.clientId) !== undefined)
  if (taken !== undefined) return refuse({ reason: 'client_id_taken', clientId: taken.integration.clientId })
  const scopes = integrations.flatMap(({ integration, scopes: own }) => [...own, ...integration.resourceServerFor])
  if (isAnyGone(batch, setting, scopes)) return refuse({ reason: 'scope_gone' })
  for (const created of integrations) {
    const firstGeneration = setting.generations.above(created.firstGeneration)
    const state = newState({ ...created, firstGeneration }, setting.slotIds)
    batch.putState(created.integration.clientId, state, insertsOf(created, state))
    // A deleted integration with the same client ID may have used assertions, and the server no longer knows which. So
    // the replay window begins now, even if the new integration gets its first client key later.
    const mayHaveUses = created.firstGeneration > 0
    if (mayHaveUses || state.integration.credentials.some(isUsedOnce)) {
      batch.beginWindow(created.integration.clientId, mayHaveUses ? setting.clock.now() : 0)
    }
  }
  for (const record of audit) batch.record(record)
  return accept(undefined)
}

export function stageIntegrationChange(
  batch: StagedBatch,
  setting: IntegrationSetting,
  clientId: string,
  changes: readonly IntegrationChange[],
  { version, audit }: Omit<ChangeOrder, 'idempotency'>,
): Result<ChangedIntegration, Exclude<ChangeIntegrationRefusal, IdempotencyRefusal>> {
  const { clock, slotIds, generations } = setting
  const found = stateAtVersion(batch, clientId, version)
  if (!found.ok) return found
  const before = found.value
  if (isAnyGone(batch, setting, changes.flatMap(scopesOf))) return refuse({ reason: 'scope_gone' })
  const now = clock.now()
  const after = applyChanges(before, changes, {
    now,
    nextGeneration: (slot) => generations.next(slot),
    nextSlotId: () => slotIds.next(),
  })
  if (!after.ok) return after
  // A change without effect gets no new version and no audit event.
  if (after.value === before) return accept({ before, after: before })
  batch.putState(clientId, after.value, changeWrites(before, after.value, changes, now))
  if (after.value.integration.credentials.some(isUsedOnce)) batch.beginWindow(clientId)
  batch.record(audit(before, after.value))
  return accept({ before, after: after.value })
}

export function stageIntegrationRemoval(
  batch: StagedBatch,
  { generations }: IntegrationSetting,
  clientId: string,
  { version, audit }: { readonly version: number | undefined; readonly audit: AuditRecord },
): Result<void, UnknownIntegration | VersionConflict> {
  const found = stateAtVersion(batch, clientId, version)
  if (!found.ok) return found
  for (const slot of found.value.slots) generations.remove(slot)
  batch.putState(clientId, undefined, removal(clientId))
  batch.record(audit)
  return accept(undefined)
}

/**
 * Returns true if one of the scopes was deleted after the caller read it. A grant or a right must not outlive its
 * scope.
 */
const isAnyGone = (batch: StagedBatch, { catalog }: IntegrationSetting, scopes: readonly string[]): boolean =>
  scopes.some((scope) => !batch.get(catalog).byName.has(scope))

const scopesOf = (change: IntegrationChange): readonly string[] =>
  change.kind === 'set_scopes' || change.kind === 'set_resource_server' ? change.scopes : []

function stateAtVersion(
  batch: StagedBatch,
  clientId: string,
  version: number | undefined,
): Result<IntegrationState, UnknownIntegration | VersionConflict> {
  const state = batch.state(clientId)
  if (state === undefined) return refuse({ reason: 'unknown_integration' })
  const found = atVersion(state.integration, version)
  return found.ok ? accept(state) : found
}
