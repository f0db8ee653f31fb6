// The set-up port: the acts of one chunk staged one after the other, and all taken back when one is refused.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { SetUp, SetUpAct, SetUpRefusal } from '../ports/set-up.ts'
import { stageApiChange, stageNewApi } from './api-changes.ts'
import { configure } from '../commit/configuration.ts'
import type { StoredIntegrationsPorts } from './stored-integrations.ts'
import { type IntegrationSetting, stageIntegrationChange, stageNewIntegrations } from './integration-changes.ts'
import { summariesOf } from './integration-lists.ts'
import { type CatalogSetting, stageNewScope, stageScopeChange } from './scope-changes.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export interface StoredSetUpPorts extends StoredIntegrationsPorts {
  readonly defaultAudience: string
}

export function storedSetUp(ports: StoredSetUpPorts): SetUp {
  const { queue, disk, catalog, defaultAudience } = ports
  const { generations } = queue
  const setting: Setting = { ...ports, generations, cell: catalog, defaultAudience }
  let last: Promise<unknown> = Promise.resolve()
  return {
    inTurn: (act) => {
      const turn = last.then(act)
      last = turn.catch(() => undefined)
      return turn
    },
    matching: async (names, clientIds) =>
      summariesOf(ports, await disk.read('integrations_matching', JSON.stringify(names), JSON.stringify(clientIds))),
    carryOut: (acts) =>
      configure(queue, (batch) => {
        const before = batch.mark()
        for (const [index, act] of acts.entries()) {
          const outcome = stage(batch, setting, act)
          if (outcome.ok) continue
          batch.rollBack(before)
          return refuse({ index, refusal: outcome.refusal })
        }
        return accept(undefined)
      }),
  }
}

type Setting = IntegrationSetting & CatalogSetting

function stage(batch: StagedBatch, setting: Setting, act: SetUpAct): Result<unknown, SetUpRefusal> {
  const now = setting.clock.now()
  switch (act.kind) {
    case 'create_scope': {
      const made = stageNewScope(batch, setting, act.scope)
      if (made.ok) for (const record of act.audit(made.value)) batch.record(record)
      return made
    }
    case 'change_scope': {
      const { name, change, order } = act
      const changed = stageScopeChange(batch, setting, { name, version: order.version, change, now })
      if (changed.ok && changed.value.after !== changed.value.before) {
        for (const record of order.audit(changed.value)) batch.record(record)
      }
      return changed
    }
    case 'create_api': {
      const made = stageNewApi(batch, setting.cell, act.api)
      if (made.ok) for (const record of act.audit) batch.record(record)
      return made
    }
    case 'change_api': {
      const { id, change, order } = act
      const changed = stageApiChange(batch, setting.cell, { id, version: order.version, change })
      if (changed.ok && changed.value.after !== changed.value.before) {
        for (const record of order.audit(changed.value)) batch.record(record)
      }
      return changed
    }
    case 'create_integration':
      return stageNewIntegrations(batch, setting, [act.integration], [act.audit])
    case 'change_integration':
      return stageIntegrationChange(batch, setting, act.clientId, act.changes, act.order)
  }
}
