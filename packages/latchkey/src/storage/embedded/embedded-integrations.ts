// The integrations port: every change passes through the commit queue, with its effect on the slots in the same commit.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { applyChanges, type ChangeContext, type IntegrationChange } from '../../domain/integration-change.ts'
import type { IntegrationState } from '../../domain/integration.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  CreateRefusal,
  Integrations,
  UnknownIntegration,
  VersionConflict,
} from '../../ports/integrations.ts'
import type { Disk } from '../disk.ts'
import type { CatalogCell } from './catalog-state.ts'
import { checkClaim, type Claims, putClaim } from './claims.ts'
import type { CommitQueue } from './commit-queue.ts'
import { configure } from './configuration.ts'
import { changeWrites, insertsOf, newState, removal } from './integration-writes.ts'
import { integrationLists } from './integration-lists.ts'
import type { SecretUses } from './secret-uses.ts'
import type { SlotIds } from './slot-ids.ts'
import type { StagedBatch } from './staged-batch.ts'

export interface EmbeddedIntegrationsPorts {
  readonly queue: CommitQueue
  readonly disk: Disk
  readonly clock: Clock
  readonly slotIds: SlotIds
  readonly claims: Claims
  readonly catalog: CatalogCell
  readonly uses: SecretUses
}

export function embeddedIntegrations(ports: EmbeddedIntegrationsPorts): Integrations {
  const { queue, clock, slotIds, claims } = ports
  const context = (): ChangeContext => ({
    now: clock.now(),
    nextGeneration: (slot) => queue.generations.next(slot),
    nextSlotId: () => slotIds.next(),
  })
  // They were looked up before; one may have been deleted since. A right about it must not outlive it.
  const isAnyGone = (staged: StagedBatch, scopes: readonly string[]): boolean =>
    scopes.some((scope) => !staged.get(ports.catalog).byName.has(scope))

  return {
    ...integrationLists(ports),

    find: async (clientId) => queue.live.find(clientId),

    create: (batch, audit, claim) =>
      configure(queue, (staged): Result<void, CreateRefusal> => {
        const claimed = checkClaim(staged, claims, claim, clock.now())
        if (!claimed.ok) return claimed
        const taken = batch.find(({ integration }) => staged.state(integration.clientId) !== undefined)
        if (taken !== undefined) return refuse({ reason: 'client_id_taken', clientId: taken.integration.clientId })
        const scopes = batch.flatMap(({ integration, scopes: own }) => [...own, ...integration.resourceServerFor])
        if (isAnyGone(staged, scopes)) return refuse({ reason: 'scope_gone' })
        putClaim(staged, claims, claim, clock.now())
        for (const created of batch) {
          const state = newState(created, slotIds)
          staged.putState(created.integration.clientId, state, insertsOf(created, state))
        }
        for (const record of audit) staged.record(record)
        return accept(undefined)
      }),

    change: (clientId, changes, { version, claim, audit }) =>
      configure(queue, (staged): Result<ChangedIntegration, ChangeIntegrationRefusal> => {
        const claimed = checkClaim(staged, claims, claim, clock.now())
        if (!claimed.ok) return claimed
        const found = atVersion(staged, clientId, version)
        if (!found.ok) return found
        const before = found.value
        if (isAnyGone(staged, changes.flatMap(scopesOf))) return refuse({ reason: 'scope_gone' })
        const after = applyChanges(before, changes, context())
        if (!after.ok) return after
        putClaim(staged, claims, claim, clock.now())
        staged.putState(clientId, after.value, changeWrites(before, after.value, changes, clock.now()))
        staged.record(audit(before, after.value))
        return accept({ before, after: after.value })
      }),

    remove: (clientId, { version, audit }) =>
      configure(queue, (staged): Result<void, UnknownIntegration | VersionConflict> => {
        const found = atVersion(staged, clientId, version)
        if (!found.ok) return found
        staged.putState(clientId, undefined, removal(clientId))
        staged.record(audit)
        return accept(undefined)
      }),
  }
}

const scopesOf = (change: IntegrationChange): readonly string[] =>
  change.kind === 'set_scopes' || change.kind === 'set_resource_server' ? change.scopes : []

function atVersion(
  staged: StagedBatch,
  clientId: string,
  version: number | undefined,
): Result<IntegrationState, UnknownIntegration | VersionConflict> {
  const state = staged.state(clientId)
  if (state === undefined) return refuse({ reason: 'unknown_integration' })
  const { version: current } = state.integration
  return version === undefined || version === current
    ? accept(state)
    : refuse({ reason: 'version_conflict', version: current })
}
