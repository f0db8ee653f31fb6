// Implements the ports for the catalog of scopes and APIs. Reads use the state in memory, and changes go through the
// commit queue.
import { scopeUses } from '../domain/scope-use.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { stageApiChange, stageApiRemoval, stageNewApi } from './api-changes.ts'
import type { CatalogSnapshot } from './load-catalog.ts'
import { type CatalogSetting, stageNewScope, stageScopeChange, stageScopeRemoval } from './scope-changes.ts'

export const storedCatalog = (snapshot: CatalogSnapshot): Catalog => ({
  scope: (name) => snapshot.value.byName.get(name),
  scopes: () => snapshot.value.scopes,
  apis: () => snapshot.value.apis,
})

export interface CatalogAdministrationPorts extends Omit<CatalogSetting, 'generations'> {
  readonly queue: CommitQueue
}

export function storedCatalogAdministration({ queue, ...ports }: CatalogAdministrationPorts): CatalogAdministration {
  const { snapshot, clock } = ports
  const setting: CatalogSetting = { ...ports, generations: queue.generations }
  return {
    scopeUses: () => scopeUses(queue.live.values(), clock.now()),
    createScope: (scope, audit) => configure(queue, (batch) => stageNewScope(batch, setting, scope, audit)),
    changeScope: (name, change, order) =>
      configure(queue, (batch) => stageScopeChange(batch, setting, name, change, order)),
    deleteScope: (name, ifUsed, order) =>
      configure(queue, (batch) => stageScopeRemoval(batch, setting, name, ifUsed, order)),
    createApi: (api, audit) => configure(queue, (batch) => stageNewApi(batch, snapshot, api, audit)),
    changeApi: (id, change, order) => configure(queue, (batch) => stageApiChange(batch, snapshot, id, change, order)),
    deleteApi: (id, order) => configure(queue, (batch) => stageApiRemoval(batch, snapshot, id, order)),
  }
}
