// The integrations port: every change passes through the commit queue, with its effect on the slots in the same commit.
import { accept, refuse, type Result } from '@latchkey/protocol'
import {
  applyChange,
  type ChangeContext,
  type ChangeRefusal,
  type IntegrationChange,
} from '../../domain/integration-change.ts'
import type { IntegrationState } from '../../domain/integration.ts'
import { emptySlot } from '../../domain/slot.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Integrations, IntegrationSummary, NewIntegration, UnknownIntegration } from '../../ports/integrations.ts'
import type { Disk, Row, Write } from '../disk.ts'
import {
  integrationInsert,
  integrationUpdate,
  readProfile,
  secretInsert,
  secretUpdate,
  slotInsert,
  slotUpdate,
  text,
} from '../sqlite/rows.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { SlotIds } from './slot-ids.ts'
import { configure } from './configuration.ts'

export interface EmbeddedIntegrationsPorts {
  readonly queue: CommitQueue
  readonly disk: Disk
  readonly clock: Clock
  readonly slotIds: SlotIds
}

export function embeddedIntegrations({ queue, disk, clock, slotIds }: EmbeddedIntegrationsPorts): Integrations {
  const context = (): ChangeContext => ({
    now: clock.now(),
    nextGeneration: (slot) => queue.generations.next(slot),
    nextSlotId: () => slotIds.next(),
  })

  const summary = (row: Row): IntegrationSummary[] => {
    const state = queue.live.committed(text(row, 'client_id'))
    return state === undefined ? [] : [{ ...readProfile(row), state }]
  }

  return {
    find: async (clientId) => queue.live.find(clientId),

    create: (batch) =>
      configure(queue, (staged) => {
        const taken = batch.find(({ integration }) => staged.state(integration.clientId) !== undefined)
        if (taken !== undefined) return refuse({ reason: 'client_id_taken', clientId: taken.integration.clientId })
        for (const created of batch) {
          const state = stateOf(created, slotIds)
          staged.putState(created.integration.clientId, state, insertsOf(created, state))
        }
        return accept(undefined)
      }),

    change: (clientId, change) =>
      configure(queue, (staged): Result<void, ChangeRefusal | UnknownIntegration> => {
        const before = staged.state(clientId)
        if (before === undefined) return refuse({ reason: 'unknown_integration' })
        const after = applyChange(before, change, context())
        if (!after.ok) return after
        staged.putState(clientId, after.value, changeWrites(before, after.value, change))
        return accept(undefined)
      }),

    remove: (clientId) =>
      configure(queue, (staged): Result<void, UnknownIntegration> => {
        if (staged.state(clientId) === undefined) return refuse({ reason: 'unknown_integration' })
        staged.putState(clientId, undefined, [
          ['delete_rings', clientId],
          ['delete_slots', clientId],
          ['delete_secrets', clientId],
          ['delete_integration', clientId],
        ])
        return accept(undefined)
      }),

    findById: async (id) => (await disk.read('integration_by_id', id)).flatMap(summary)[0],
    list: async ({ limit, after }) =>
      (await disk.read('integrations_after', after ?? '', limit)).flatMap((row) => summary(row)),
  }
}

const stateOf = ({ integration, scopes }: NewIntegration, slotIds: SlotIds): IntegrationState => ({
  integration,
  slots: scopes.map((scope) => emptySlot(slotIds.next(), scope, integration.enabled)),
})

const insertsOf = (created: NewIntegration, { integration, slots }: IntegrationState): readonly Write[] => [
  integrationInsert(created.profile, integration),
  ...integration.secrets.map((secret) => secretInsert(integration.clientId, secret, created.sealedSecret)),
  ...slots.map((slot) => slotInsert(integration.clientId, slot)),
]

function changeWrites(before: IntegrationState, after: IntegrationState, change: IntegrationChange): readonly Write[] {
  const { clientId, secrets } = after.integration
  const writes: Write[] = [integrationUpdate(after.integration)]
  for (const secret of secrets) {
    const known = before.integration.secrets.find((other) => other.id === secret.id)
    if (known === undefined) {
      writes.push(secretInsert(clientId, secret, change.kind === 'add_secret' ? change.sealed : null))
    } else if (known.endsAt !== secret.endsAt) writes.push(secretUpdate(secret))
  }
  for (const slot of after.slots) {
    const known = before.slots.find((other) => other.id === slot.id)
    if (known === undefined) writes.push(slotInsert(clientId, slot))
    else if (known !== slot) writes.push(slotUpdate(slot))
  }
  return writes
}
