// Implements the port for integrations. Every change goes through the commit queue. One commit contains the change and
// its effects on the slots of the integration.
import { accept, type Result } from '@latchkey/protocol'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  CreateRefusal,
  Integrations,
} from '../ports/integrations.ts'
import type { IdempotencyRecords } from '../state/idempotency-records.ts'
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
  readonly idempotency: IdempotencyRecords
  readonly freshness: Freshness
}

export function storedIntegrations(ports: StoredIntegrationsPorts): Integrations {
  const { queue, clock, idempotency, freshness } = ports
  const setting: IntegrationSetting = { ...ports, generations: queue.generations }
  return {
    ...integrationLists(ports),

    find: async (clientId) => {
      await freshness.of(clientId)
      return queue.live.find(clientId)
    },

    known: (clientId) => queue.live.committed(clientId),

    all: () => queue.live.values(),

    present: (clientId) => {
      const fresh = freshness.of(clientId)
      if (fresh !== undefined) return fresh.then(() => queue.live.find(clientId))
      // Called only because `find` throws while the outcome of the last change of the integration is unknown.
      queue.live.find(clientId)
      return undefined
    },

    create: (batch, audit, record) =>
      configure(queue, (staged): Result<void, CreateRefusal> => {
        const first = idempotency.check(staged, record, clock.now())
        if (!first.ok) return first
        const created = stageNewIntegrations(staged, setting, batch, audit)
        if (created.ok) idempotency.put(staged, record, clock.now())
        return created
      }),

    change: (clientId, changes, { idempotency: record, ...order }) =>
      configure(queue, (staged): Result<ChangedIntegration, ChangeIntegrationRefusal> => {
        const first = idempotency.check(staged, record, clock.now())
        if (!first.ok) return first
        const changed = stageIntegrationChange(staged, setting, clientId, changes, order)
        if (!changed.ok) return changed
        idempotency.put(staged, record, clock.now())
        return accept(changed.value)
      }),

    remove: (clientId, order) =>
      configure(queue, (staged) => stageIntegrationRemoval(staged, setting, clientId, order)),
  }
}
