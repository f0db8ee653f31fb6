// The integrations port: every change passes through the commit queue, with its effect on the slots in the same commit.
import { accept, type Result } from '@latchkey/protocol'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  CreateRefusal,
  Integrations,
} from '../ports/integrations.ts'
import { checkClaim, type Claims, putClaim } from '../state/claims.ts'
import { configure } from '../commit/configuration.ts'
import type { Freshness } from '../state/freshness.ts'
import {
  type IntegrationSetting,
  stageIntegrationChange,
  stageIntegrationRemoval,
  stageNewIntegrations,
} from './integration-changes.ts'
import { integrationLists, type ListPorts } from './integration-lists.ts'

export interface StoredIntegrationsPorts extends Omit<IntegrationSetting, 'generations'>, ListPorts {
  readonly claims: Claims
  readonly freshness: Freshness
}

export function storedIntegrations(ports: StoredIntegrationsPorts): Integrations {
  const { queue, clock, claims, freshness } = ports
  const setting: IntegrationSetting = { ...ports, generations: queue.generations }
  return {
    ...integrationLists(ports),

    find: async (clientId) => {
      await freshness.of(clientId)
      return queue.live.find(clientId)
    },

    known: (clientId) => queue.live.committed(clientId),

    present: (clientId) => {
      const fresh = freshness.of(clientId)
      if (fresh !== undefined) return fresh.then(() => queue.live.find(clientId))
      // Throws where it is not known what is true.
      queue.live.find(clientId)
      return undefined
    },

    create: (batch, audit, claim) =>
      configure(queue, (staged): Result<void, CreateRefusal> => {
        const claimed = checkClaim(staged, claims, claim, clock.now())
        if (!claimed.ok) return claimed
        const created = stageNewIntegrations(staged, setting, batch, audit)
        if (created.ok) putClaim(staged, claims, claim, clock.now())
        return created
      }),

    change: (clientId, changes, { claim, ...order }) =>
      configure(queue, (staged): Result<ChangedIntegration, ChangeIntegrationRefusal> => {
        const claimed = checkClaim(staged, claims, claim, clock.now())
        if (!claimed.ok) return claimed
        const changed = stageIntegrationChange(staged, setting, clientId, changes, order)
        if (!changed.ok) return changed
        putClaim(staged, claims, claim, clock.now())
        return accept(changed.value)
      }),

    remove: (clientId, order) =>
      configure(queue, (staged) => stageIntegrationRemoval(staged, setting, clientId, order)),
  }
}
