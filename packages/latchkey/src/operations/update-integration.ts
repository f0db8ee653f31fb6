// Changes the given members of an integration together, or refuses the whole change.
import type { Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'
import { checkFields, type CheckedFields, type FieldRefusal, type IntegrationFields } from './integration-request.ts'

export interface UpdateIntegrationPorts extends ChangeIntegrationPorts {
  readonly catalog: Catalog
}

export interface UpdateIntegrationRequest extends IntegrationToChange {
  readonly fields: IntegrationFields
}

/**
 * Changes an integration. If the change removes a scope, the live token for this scope ends in the same commit. Throws
 * `StoreUnavailable`.
 */
export async function updateIntegration(
  ports: UpdateIntegrationPorts,
  by: Actor,
  request: UpdateIntegrationRequest,
): Promise<Result<IntegrationSummary, FieldRefusal | UnknownIntegration | VersionConflict>> {
  const checked = checkFields(ports.catalog, request.fields)
  if (!checked.ok) return checked
  const found = await findIntegration(ports, request.id)
  if (!found.ok) return found
  const changes = changesFor(checked.value, found.value)
  // The change also writes the members that the operator did not give. Their values come from the read above, and the
  // version check keeps these values from undoing a concurrent change.
  const version = request.version ?? found.value.state.integration.version
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version,
    event: 'integration.updated',
    changes,
  })
  if (changed.ok) return findIntegration(ports, found.value.id)
  const { refusal } = changed
  if (refusal.reason === 'version_conflict' && request.version === undefined) {
    return updateIntegration(ports, by, request)
  }
  if (refusal.reason === 'unknown_integration' || refusal.reason === 'version_conflict') return { ok: false, refusal }
  // A scope was deleted after `checkFields`. The next call checks the fields again and refuses the deleted scope by its
  // name.
  if (refusal.reason === 'scope_gone') return updateIntegration(ports, by, request)
  throw new Error(`an update was refused: ${refusal.reason}`)
}

export function changesFor(
  fields: CheckedFields,
  { name, description, tags, state }: IntegrationSummary,
): IntegrationChange[] {
  const { mode, graceSeconds } = state.integration
  const changes: IntegrationChange[] = []
  if (fields.name !== undefined || fields.description !== undefined || fields.tags !== undefined) {
    const texts = {
      name: fields.name ?? name,
      description: fields.description ?? description,
      tags: fields.tags ?? tags,
    }
    const isSame = JSON.stringify(texts) === JSON.stringify({ name, description, tags })
    if (!isSame) changes.push({ kind: 'set_profile', ...texts })
  }
  if (fields.scopes !== undefined) changes.push({ kind: 'set_scopes', scopes: fields.scopes })
  if (fields.resourceServerFor !== undefined)
    changes.push({ kind: 'set_resource_server', scopes: fields.resourceServerFor })
  if (fields.mode !== undefined || fields.graceSeconds !== undefined) {
    changes.push({
      kind: 'set_issue_mode',
      mode: fields.mode ?? mode,
      graceSeconds: fields.graceSeconds ?? graceSeconds,
    })
  }
  if (fields.conditional !== undefined) changes.push({ kind: 'set_conditional', conditional: fields.conditional })
  if (fields.allowedAddresses !== undefined) {
    changes.push({ kind: 'set_allowed_addresses', ranges: fields.allowedAddresses })
  }
  return changes
}
