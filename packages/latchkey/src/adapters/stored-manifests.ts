// Implements the port for manifests. Adds the changes of one request to a batch one after the other, and rolls all of
// them back if one change is refused.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Manifests, ManifestAct, ManifestRefusal } from '../ports/manifests.ts'
import { stageApiChange, stageNewApi } from './api-changes.ts'
import { configure } from '../commit/configuration.ts'
import type { StoredIntegrationsPorts } from './stored-integrations.ts'
import { type IntegrationSetting, stageIntegrationChange, stageNewIntegrations } from './integration-changes.ts'
import { summariesOf } from './integration-lists.ts'
import { type CatalogSetting, stageNewScope, stageScopeChange } from './scope-changes.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'
import type { TrustedIssuerSnapshot } from '../state/trusted-issuer-snapshot.ts'
import { stageIssuerChange, stageIssuerRemoval, stageNewIssuer } from './stored-trusted-issuers.ts'

export interface StoredManifestsPorts extends StoredIntegrationsPorts {
  readonly defaultAudience: string
  readonly issuers: TrustedIssuerSnapshot
}

export function storedManifests(ports: StoredManifestsPorts): Manifests {
  const { queue, disk, catalog, defaultAudience } = ports
  const { generations } = queue
  const setting: Setting = { ...ports, generations, snapshot: catalog, defaultAudience }
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
        const before = batch.savepoint()
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

type Setting = IntegrationSetting & CatalogSetting & Pick<StoredManifestsPorts, 'issuers'>

function stage(batch: StagedBatch, setting: Setting, act: ManifestAct): Result<unknown, ManifestRefusal> {
  switch (act.kind) {
    case 'create_issuer':
      return stageNewIssuer(batch, setting.issuers, act)
    case 'change_issuer':
      return stageIssuerChange(batch, setting.issuers, act)
    case 'delete_issuer':
      return stageIssuerRemoval(batch, setting.issuers, act)
    case 'create_scope':
      return stageNewScope(batch, setting, act.scope, act.audit)
    case 'change_scope':
      return stageScopeChange(batch, setting, act.name, act.change, act.order)
    case 'create_api':
      return stageNewApi(batch, setting.snapshot, act.api, act.audit)
    case 'change_api':
      return stageApiChange(batch, setting.snapshot, act.id, act.change, act.order)
    case 'create_integration':
      return stageNewIntegrations(batch, setting, [act.integration], [act.audit])
    case 'change_integration':
      return stageIntegrationChange(batch, setting, act.clientId, act.changes, act.order)
  }
}
