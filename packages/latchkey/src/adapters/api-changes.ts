// Adds the effects of a change of an API to a batch: the row of the API and the events of the audit trail.
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
import type { CatalogSnapshot } from './load-catalog.ts'

export function stageNewApi(
  batch: StagedBatch,
  snapshot: CatalogSnapshot,
  api: ApiRecord,
  audit: readonly AuditRecord[],
): Result<void, ApiExists | ScopeUnknown | LimitReached> {
  const added = addApi(batch.get(snapshot), api)
  if (!added.ok) return added
  batch.put(snapshot, added.value, apiInsert(api))
  for (const record of audit) batch.record(record)
  return accept(undefined)
}

export function stageApiChange(
  batch: StagedBatch,
  snapshot: CatalogSnapshot,
  id: string,
  change: ApiChange,
  { version, audit }: CatalogOrder<ChangedApi>,
): Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict> {
  const changed = editApi(batch.get(snapshot), { id, version, change })
  if (!changed.ok) return changed
  const { before, after, catalog } = changed.value
  if (after === before) return changed
  batch.put(snapshot, catalog, apiUpdate(after))
  for (const record of audit(changed.value)) batch.record(record)
  return changed
}

export function stageApiRemoval(
  batch: StagedBatch,
  snapshot: CatalogSnapshot,
  id: string,
  { version, audit }: CatalogOrder<ApiRecord>,
): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const removed = removeApi(batch.get(snapshot), { id, version })
  if (!removed.ok) return removed
  const { api, catalog } = removed.value
  batch.put(snapshot, catalog, ['delete_api', id])
  for (const record of audit(api)) batch.record(record)
  return accept(api)
}
