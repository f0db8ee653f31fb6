// The port for trusted issuers.
import { accept, type Result } from '@latchkey/protocol'
import {
  addIssuer,
  changeIssuer,
  type ChangedIssuer,
  type IssuerInUse,
  type IssuerTaken,
  removeIssuer,
  trusts,
  type UnknownIssuer,
} from '../domain/trusted-issuer-change.ts'
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
  create: (issuer, audit) =>
    configure(queue, (batch): Result<void, LimitReached | IssuerTaken> => {
      const added = addIssuer(batch.get(snapshot), issuer)
      if (!added.ok) return added
      batch.put(snapshot, added.value, trustedIssuerPut(issuer))
      batch.seal('trusted_issuer', issuer)
      batch.record(audit)
      return accept(undefined)
    }),
  change: (change, audit) =>
    configure(queue, (batch): Result<ChangedIssuer, UnknownIssuer | VersionConflict | IssuerTaken> => {
      const changed = changeIssuer(batch.get(snapshot), change)
      if (!changed.ok) return changed
      const { issuers, before, after } = changed.value
      if (after === before) return changed
      batch.put(snapshot, issuers, trustedIssuerPut(after))
      batch.seal('trusted_issuer', after)
      touchClients(batch, after.id)
      batch.record(audit(changed.value))
      return changed
    }),
  remove: (order, audit) =>
    configure(queue, (batch): Result<void, UnknownIssuer | VersionConflict | IssuerInUse> => {
      const states = [...batch.states()].map(([, state]) => state)
      const removed = removeIssuer(batch.get(snapshot), order, states)
      if (!removed.ok) return removed
      batch.put(snapshot, removed.value, ['delete_trusted_issuer', order.id])
      batch.record(audit)
      return accept(undefined)
    }),
})

/**
 * Counts the change as one of each integration that trusts the issuer. So another server's commit for such an integration
 * is judged again, with the changed issuer.
 */
function touchClients(batch: StagedBatch, issuerId: string): void {
  // Collected first, because a staged state changes what `states` yields.
  for (const [clientId, state] of [...batch.states()]) if (trusts(state, issuerId)) batch.putState(clientId, state, [])
}
