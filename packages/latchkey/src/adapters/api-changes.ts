// Stages what a change of an API does: its row, and the events of the audit trail.
import { accept, type Result } from '@latchkey/protocol'
import {
  addApi,
  type ApiChange,
  type ApiExists,
  type ApiUnknown,
  type ChangedApi,
  editApi,
  removeApi,
} from '../domain/api-change.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ApiRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { CatalogOrder } from '../ports/catalog.ts'
import { apiInsert, apiUpdate } from '../rows/catalog-rows.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { CatalogCell } from './load-catalog.ts'

export function stageNewApi(
  batch: StagedBatch,
  cell: CatalogCell,
  api: ApiRecord,
  audit: readonly AuditRecord[],
): Result<void, ApiExists | ScopeUnknown | LimitReached> {
  const added = addApi(batch.get(cell), api)
  if (!added.ok) return added
  batch.put(cell, added.value, apiInsert(api))
  for (const record of audit) batch.record(record)
  return accept(undefined)
}

export function stageApiChange(
  batch: StagedBatch,
  cell: CatalogCell,
  id: string,
  change: ApiChange,
  { version, audit }: CatalogOrder<ChangedApi>,
): Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict> {
  const changed = editApi(batch.get(cell), { id, version, change })
  if (!changed.ok) return changed
  const { before, after, catalog } = changed.value
  if (after === before) return changed
  batch.put(cell, catalog, apiUpdate(after))
  for (const record of audit(changed.value)) batch.record(record)
  return changed
}

export function stageApiRemoval(
  batch: StagedBatch,
  cell: CatalogCell,
  id: string,
  { version, audit }: CatalogOrder<ApiRecord>,
): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const removed = removeApi(batch.get(cell), { id, version })
  if (!removed.ok) return removed
  const { api, catalog } = removed.value
  batch.put(cell, catalog, ['delete_api', id])
  for (const record of audit(api)) batch.record(record)
  return accept(api)
}
