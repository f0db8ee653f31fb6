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
import type { Exactness } from '../state/exactness.ts'
import {
  type IntegrationSetting,
  stageIntegrationChange,
  stageIntegrationRemoval,
  stageNewIntegrations,
} from './integration-changes.ts'
import { integrationLists, type ListPorts } from './integration-lists.ts'

export interface StoredIntegrationsPorts extends Omit<IntegrationSetting, 'generations'>, ListPorts {
  readonly claims: Claims
  /** Undefined where nobody else writes. */
  readonly exactness?: Exactness | undefined
}

export function storedIntegrations(ports: StoredIntegrationsPorts): Integrations {
  const { queue, clock, claims, exactness } = ports
  const setting: IntegrationSetting = { ...ports, generations: queue.generations }
  return {
    ...integrationLists(ports),

    remembered: exactness && ((clientId) => queue.live.committed(clientId)),

    find: async (clientId) => {
      await exactness?.of(clientId)
      return queue.live.find(clientId)
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
