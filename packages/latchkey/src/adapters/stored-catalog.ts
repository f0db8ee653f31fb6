// The catalog port over memory and commit queue: reads cost a look into a map, changes pass through the queue.
import { scopeUses } from '../domain/scope-use.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { stageApiChange, stageApiRemoval, stageNewApi } from './api-changes.ts'
import type { CatalogCell } from './load-catalog.ts'
import { type CatalogSetting, stageNewScope, stageScopeChange, stageScopeRemoval } from './scope-changes.ts'

export const storedCatalog = (cell: CatalogCell): Catalog => ({
  scope: (name) => cell.value.byName.get(name),
  scopes: () => cell.value.scopes,
  apis: () => cell.value.apis,
})

export interface CatalogAdministrationPorts extends Omit<CatalogSetting, 'generations'> {
  readonly queue: CommitQueue
}

export function storedCatalogAdministration({ queue, ...ports }: CatalogAdministrationPorts): CatalogAdministration {
  const { cell, clock } = ports
  const setting: CatalogSetting = { ...ports, generations: queue.generations }
  return {
    scopeUses: () => scopeUses(queue.live.values(), clock.now()),
    createScope: (scope, audit) => configure(queue, (batch) => stageNewScope(batch, setting, scope, audit)),
    changeScope: (name, change, order) =>
      configure(queue, (batch) => stageScopeChange(batch, setting, name, change, order)),
    deleteScope: (name, ifUsed, order) =>
      configure(queue, (batch) => stageScopeRemoval(batch, setting, name, ifUsed, order)),
    createApi: (api, audit) => configure(queue, (batch) => stageNewApi(batch, cell, api, audit)),
    changeApi: (id, change, order) => configure(queue, (batch) => stageApiChange(batch, cell, id, change, order)),
    deleteApi: (id, order) => configure(queue, (batch) => stageApiRemoval(batch, cell, id, order)),
  }
}
