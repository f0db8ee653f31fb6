// Reads the scopes and APIs into memory. Ends the tokens of each scope whose audience has changed since the last start,
// for example because LATCHKEY_AUDIENCE changed.
import { SYSTEM } from '../domain/audit-event.ts'
import { scopeTarget } from '../domain/audited-catalog.ts'
import { catalogState, type CatalogState } from '../domain/catalog.ts'
import { Generations } from '../state/generations.ts'
import { StagedBatch } from '../commit/staged-batch.ts'
import type { Disk } from '../rows/disk.ts'
import type { AuditLog } from '../state/audit-log.ts'
import { Snapshot } from '../state/snapshot.ts'
import { LiveState } from '../state/live-state.ts'
import { ReplayWindows } from '../state/replay-windows.ts'
import { readApi, readScope } from '../rows/catalog-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { text } from '../rows/rows.ts'

export type CatalogSnapshot = Snapshot<CatalogState>

/**
 * Ends the live tokens of the scopes with a changed audience in one commit before it returns, so that a change back to
 * the old audience makes no old token live again.
 */
export async function loadCatalog(
  disk: Disk,
  {
    audit,
    macs,
    defaultAudience,
  }: { readonly audit: AuditLog; readonly macs: RowMacs; readonly defaultAudience: string },
): Promise<CatalogSnapshot> {
  const rows = await disk.read('scopes')
  const batch = new StagedBatch({
    ...{ live: new LiveState(), windows: new ReplayWindows(), generations: new Generations() },
    ...{ recorder: audit, macs },
  })
  for (const row of rows) {
    const before = text(row, 'audience_in_force')
    const { name, audience } = readScope(row, defaultAudience)
    if (audience === before) continue
    batch.writes.push(['empty_slots_of_scope', name], ['update_scope_audience', audience, name])
    const target = scopeTarget(name)
    batch.record({
      event: 'scope.audience_changed',
      actor: SYSTEM,
      target,
      before: { audience: before },
      after: { audience },
    })
  }
  const writes = batch.durableWrites()
  if (writes.length > 0) await disk.commit(writes)
  batch.publish()
  return Snapshot.load('catalog', async () => {
    const scopes = (await disk.read('scopes')).map((row) => readScope(row, defaultAudience))
    return catalogState(scopes, (await disk.read('apis')).map(readApi))
  })
}
