// The catalog port over memory and commit queue: reads cost a look into a map, changes pass through the queue.
import type { Result } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import { scopeUses } from '../domain/scope-use.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import { stageApiChange, stageApiRemoval, stageNewApi } from './api-changes.ts'
import type { CatalogCell } from '../state/catalog-state.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { stageNewScope, stageScopeChange, stageScopeRemoval } from './scope-changes.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export const storedCatalog = (cell: CatalogCell): Catalog => ({
  scope: (name) => cell.value.byName.get(name),
  scopes: () => cell.value.scopes,
  apis: () => cell.value.apis,
})

export interface CatalogAdministrationPorts {
  readonly queue: CommitQueue
  readonly clock: Clock
  readonly cell: CatalogCell
  readonly defaultAudience: string
}

export function storedCatalogAdministration(ports: CatalogAdministrationPorts): CatalogAdministration {
  const { queue, clock, cell, defaultAudience } = ports
  const setting = { cell, defaultAudience, generations: queue.generations }
  return {
    scopeUses: () => scopeUses(queue.live.values(), clock.now()),
    createScope: (scope, audit) =>
      configure(queue, (batch) => recorded(batch, stageNewScope(batch, setting, scope), audit)),
    changeScope: (name, change, { version, audit }) =>
      configure(queue, (batch) => {
        const changed = stageScopeChange(batch, setting, { name, version, change, now: clock.now() })
        return recorded(batch, changed, (outcome) => (outcome.after === outcome.before ? [] : audit(outcome)))
      }),
    deleteScope: (name, ifUsed, { version, audit }) =>
      configure(queue, (batch) =>
        recorded(batch, stageScopeRemoval(batch, setting, { name, version, ifUsed, now: clock.now() }), audit),
      ),
    createApi: (api, audit) => configure(queue, (batch) => recorded(batch, stageNewApi(batch, cell, api), () => audit)),
    changeApi: (id, change, { version, audit }) =>
      configure(queue, (batch) => {
        const changed = stageApiChange(batch, cell, { id, version, change })
        return recorded(batch, changed, (outcome) => (outcome.after === outcome.before ? [] : audit(outcome)))
      }),
    deleteApi: (id, { version, audit }) =>
      configure(queue, (batch) => recorded(batch, stageApiRemoval(batch, cell, { id, version }), audit)),
  }
}

/** Stages the events of what was done; a refusal has none. */
function recorded<Outcome, Refusal>(
  batch: StagedBatch,
  outcome: Result<Outcome, Refusal>,
  audit: (outcome: Outcome) => readonly AuditRecord[],
): Result<Outcome, Refusal> {
  if (outcome.ok) for (const record of audit(outcome.value)) batch.record(record)
  return outcome
}
