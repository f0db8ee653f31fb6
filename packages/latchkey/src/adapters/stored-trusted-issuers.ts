// Implements the port for trusted issuers. All issuers are in memory and change through the commit queue.
import { accept, type Result } from '@latchkey/protocol'
import {
  addIssuer,
  changeIssuer,
  type ChangedIssuer,
  type IssuerChange,
  type IssuerInUse,
  type IssuerTaken,
  removeIssuer,
  trusts,
  type UnknownIssuer,
} from '../domain/trusted-issuer-change.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import { issuerUses } from '../domain/issuer-use.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { trustedIssuerPut } from '../rows/trusted-issuer-rows.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { Freshness } from '../state/freshness.ts'
import type { TrustedIssuerSnapshot } from '../state/trusted-issuer-snapshot.ts'

export const storedTrustedIssuers = (
  snapshot: TrustedIssuerSnapshot,
  queue: CommitQueue,
  freshness: Freshness,
): TrustedIssuers => ({
  all: () => snapshot.value,
  refreshed: () => freshness.configuration(),
  clientsNaming: (issuerId, subject) => queue.live.trust.clientsNaming(issuerId, subject),
  uses: () => issuerUses(queue.live.values()),
  create: (issuer, audit) => configure(queue, (batch) => stageNewIssuer(batch, snapshot, { issuer, audit })),
  change: (change, audit) => configure(queue, (batch) => stageIssuerChange(batch, snapshot, { change, audit })),
  remove: (order, audit) => configure(queue, (batch) => stageIssuerRemoval(batch, snapshot, { order, audit })),
})

export function stageNewIssuer(
  batch: StagedBatch,
  snapshot: TrustedIssuerSnapshot,
  { issuer, audit }: { readonly issuer: TrustedIssuer; readonly audit: AuditRecord },
): Result<void, LimitReached | IssuerTaken> {
  const added = addIssuer(batch.get(snapshot), issuer)
  if (!added.ok) return added
  batch.put(snapshot, added.value, trustedIssuerPut(issuer))
  batch.seal('trusted_issuer', issuer)
  batch.record(audit)
  return accept(undefined)
}

export function stageIssuerChange(
  batch: StagedBatch,
  snapshot: TrustedIssuerSnapshot,
  { change, audit }: { readonly change: IssuerChange; readonly audit: (changed: ChangedIssuer) => AuditRecord },
): Result<ChangedIssuer, UnknownIssuer | VersionConflict | IssuerTaken> {
  const changed = changeIssuer(batch.get(snapshot), change)
  if (!changed.ok) return changed
  const { issuers, before, after } = changed.value
  if (after === before) return changed
  batch.put(snapshot, issuers, trustedIssuerPut(after))
  batch.seal('trusted_issuer', after)
  touchClients(batch, after.id)
  batch.record(audit(changed.value))
  return changed
}

export function stageIssuerRemoval(
  batch: StagedBatch,
  snapshot: TrustedIssuerSnapshot,
  { order, audit }: { readonly order: Pick<IssuerChange, 'id' | 'version'>; readonly audit: AuditRecord },
): Result<void, UnknownIssuer | VersionConflict | IssuerInUse> {
  const states = [...batch.states()].map(([, state]) => state)
  const removed = removeIssuer(batch.get(snapshot), order, states)
  if (!removed.ok) return removed
  batch.put(snapshot, removed.value, ['delete_trusted_issuer', order.id])
  batch.record(audit)
  return accept(undefined)
}

/**
 * Marks as changed each integration that trusts the issuer. If another server commits a change of such an integration
 * at the same time, the commits conflict, and that server decides again with the changed issuer.
 */
function touchClients(batch: StagedBatch, issuerId: string): void {
  // Copies the states first, because `putState` changes the states while the loop reads them.
  for (const [clientId, state] of [...batch.states()]) if (trusts(state, issuerId)) batch.putState(clientId, state, [])
}
