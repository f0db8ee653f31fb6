// Plans the changes that make an integration equal to the entry of a manifest. The plan never deletes an integration.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type Actor, type AuditRecord, changedMembers } from '../domain/audit-event.ts'
import { auditedIntegration, integrationTarget } from '../domain/audited-integration.ts'
import { applyChanges } from '../domain/integration-change.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { IntegrationSummary } from '../ports/integrations.ts'
import { changesFor } from './update-integration.ts'
import {
  creationRecord,
  type CreateIntegrationPorts,
  type CredentialsRefusal,
  newIntegration,
} from './create-integration.ts'
import type { DeclaredIntegration, Step } from './manifest.ts'
import { checkFields, type FieldRefusal } from './integration-request.ts'
import type { SecretRequestRefusal } from './new-secret.ts'
import type { RecordedChanges } from './credential-plan.ts'
import { planCredentials } from './plan-credentials.ts'

export type IntegrationPlanRefusal =
  | FieldRefusal
  | SecretRequestRefusal
  | CredentialsRefusal
  | { readonly reason: 'two_secrets_valid' }
  | { readonly reason: 'client_id_unusable' }
  | { readonly reason: 'scopes_missing' }
  /** Several integrations have this name, so the entry must contain the client ID. */
  | { readonly reason: 'name_ambiguous' }

/** An entry of the manifest, with its index in the list of integrations. */
interface IntegrationEntry {
  readonly declared: DeclaredIntegration
  readonly index: number
}

export function planIntegration(
  ports: CreateIntegrationPorts,
  by: Actor,
  { declared, index, matching }: IntegrationEntry & { readonly matching: readonly IntegrationSummary[] },
): Result<Step, IntegrationPlanRefusal> {
  const { clientId, name } = declared
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) return refuse({ reason: 'client_id_unusable' })
  const [known, ...others] = matching.filter((one) =>
    clientId === undefined ? one.name === name : one.state.integration.clientId === clientId,
  )
  if (others.length > 0) return refuse({ reason: 'name_ambiguous' })
  return known === undefined
    ? planCreation(ports, by, { declared, index })
    : planUpdate(ports, by, { declared, index, known })
}

const CLIENT_ID = /^lk[a-z0-9]{14}$/

function planCreation(
  ports: CreateIntegrationPorts,
  by: Actor,
  { declared, index }: IntegrationEntry,
): Result<Step, IntegrationPlanRefusal> {
  const { scopes, clientId, status, keySource } = declared
  if (scopes === undefined || scopes.length === 0) return refuse({ reason: 'scopes_missing' })
  const generatedSecret = GENERATED[declared.secret ?? 'unsaid']
  const keySources = keySource === undefined || keySource === null ? [] : [keySource]
  const made = newIntegration(ports, { ...declared, scopes, generatedSecret, keySources })
  if (!made.ok) return made
  const { record } = made.value
  const integration = {
    ...record,
    // A deleted integration may have had the same client ID, and its tokens may not have expired yet. The token numbers
    // (generations) of the new integration begin above the numbers of those tokens, so that the server accepts no old
    // token.
    firstGeneration: clientId === undefined ? 0 : ports.clock.now() * MICROSECONDS,
    integration: {
      ...record.integration,
      ...(clientId !== undefined && { clientId }),
      enabled: status !== 'disabled',
    },
  }
  const audit = creationRecord(ports, by, integration)
  return accept({
    place: { list: 'integrations', index },
    target: audit.target,
    clientId: integration.integration.clientId,
    action: 'create',
    before: {},
    after: audit.after,
    acts: [{ kind: 'create_integration', integration, audit }],
  })
}

const MICROSECONDS = 1_000_000

const GENERATED = { none: 'never', generated: 'always', unsaid: undefined } as const

function planUpdate(
  ports: CreateIntegrationPorts,
  actor: Actor,
  { declared, index, known }: IntegrationEntry & { readonly known: IntegrationSummary },
): Result<Step, IntegrationPlanRefusal> {
  const checked = checkFields(ports.catalog, declared)
  if (!checked.ok) return checked
  const { integration } = known.state
  const credentials = planCredentials(ports, declared, integration)
  if (!credentials.ok) return credentials
  const records = [
    { event: 'integration.updated' as const, changes: changesFor(checked.value, known), remark: {} },
    ...statusChange(declared, known),
    ...credentials.value.records,
  ].filter(({ changes }) => changes.length > 0)
  const changes = records.flatMap((record) => record.changes)
  const target = integrationTarget(known)
  const texts = changes.find((change) => change.kind === 'set_profile') ?? known
  // `applyChanges` is pure, so the plan can use it to compute the state after the changes.
  const after = applyChanges(known.state, changes, {
    now: ports.clock.now(),
    nextGeneration: () => 0,
    nextSlotId: () => 0,
  })
  if (!after.ok) return refuse({ reason: 'two_secrets_valid' })
  const members = changedMembers(auditedIntegration(known, known.state), auditedIntegration(texts, after.value))
  const shown = {
    before: { ...members.before, ...credentials.value.before },
    after: { ...members.after, ...credentials.value.after },
  }
  const { clientId, version } = integration
  const step = { place: { list: 'integrations', index }, target, clientId, ...shown } as const
  if (Object.keys(shown.after).length === 0) return accept({ ...step, action: 'keep', acts: [] })
  const acts = records.map(({ event, changes: own, remark }, place) => ({
    kind: 'change_integration' as const,
    clientId,
    changes: own,
    order: {
      // Only the first change is bound to the version that was read, because each further change applies to the result
      // of the previous change.
      version: place === 0 ? version : undefined,
      audit: (was: IntegrationState, is: IntegrationState): AuditRecord => {
        const changed = changedMembers(
          auditedIntegration(known, was),
          auditedIntegration(place === 0 ? texts : known, is),
        )
        return { event, actor, target, before: changed.before, after: { ...changed.after, ...remark } }
      },
    },
  }))
  return accept({ ...step, action: 'update', acts })
}

function statusChange({ status }: DeclaredIntegration, { state }: IntegrationSummary): readonly RecordedChanges[] {
  if (status === undefined || (status === 'active') === state.integration.enabled) return []
  return status === 'active'
    ? [{ event: 'integration.enabled', changes: [{ kind: 'enable' }], remark: {} }]
    : [{ event: 'integration.disabled', changes: [{ kind: 'disable' }], remark: {} }]
}
