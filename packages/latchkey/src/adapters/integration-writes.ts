// The writes when integrations are created, changed and removed.
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { IntegrationState } from '../domain/integration.ts'
import { emptySlot, type EpochSeconds } from '../domain/slot.ts'
import type { NewIntegration } from '../ports/integrations.ts'
import type { Write } from '../rows/disk.ts'
import { integrationInsert, integrationUpdate, profileUpdate, secretInsert, secretUpdate } from '../rows/rows.ts'
import type { SlotIds } from '../state/slot-ids.ts'

export const newState = (
  { integration, scopes, firstGeneration: generation }: NewIntegration,
  slotIds: SlotIds,
): IntegrationState => ({
  integration,
  slots: scopes.map((scope) => ({ ...emptySlot(slotIds.next(), scope, integration.enabled), generation })),
})

export function insertsOf(created: NewIntegration, { integration }: IntegrationState): readonly Write[] {
  const { profile, sealedSecret: sealed, secretOrigin: origin } = created
  const { clientId, secrets } = integration
  return [
    integrationInsert(profile, integration),
    ...secrets.map((secret) => secretInsert(clientId, { secret, sealed, origin }, profile.createdAt)),
  ]
}

export function changeWrites(
  before: IntegrationState,
  after: IntegrationState,
  changes: readonly IntegrationChange[],
  now: EpochSeconds,
): readonly Write[] {
  const { clientId } = after.integration
  return [
    integrationUpdate(after.integration, now),
    ...changes.flatMap((change) => (change.kind === 'set_profile' ? [profileUpdate(clientId, change)] : [])),
    ...secretWrites(before, after, changes, now),
  ]
}

function secretWrites(
  before: IntegrationState,
  after: IntegrationState,
  changes: readonly IntegrationChange[],
  now: EpochSeconds,
): readonly Write[] {
  const { clientId, secrets } = after.integration
  const writes: Write[] = []
  for (const secret of secrets) {
    const known = before.integration.secrets.find((other) => other.id === secret.id)
    const added = changes.find((change) => change.kind === 'add_secret' && change.secret.id === secret.id)
    if (added?.kind === 'add_secret') {
      writes.push(secretInsert(clientId, { secret, sealed: added.sealed, origin: added.origin }, now))
    } else if (known !== secret) writes.push(secretUpdate(secret))
  }
  for (const { id } of before.integration.secrets) {
    if (!secrets.some((secret) => secret.id === id)) writes.push(['delete_secret', id])
  }
  return writes
}

export const removal = (clientId: string): readonly Write[] => [
  ['delete_histories', clientId],
  ['delete_slots', clientId],
  ['delete_secrets', clientId],
  ['delete_integration', clientId],
]
