// The database writes for creating, changing and removing integrations.
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { IntegrationState } from '../domain/integration.ts'
import { emptySlot, type EpochSeconds } from '../domain/slot.ts'
import type { NewIntegration } from '../ports/integrations.ts'
import type { Write } from '../rows/disk.ts'
import { credentialInsert, credentialUpdate } from '../rows/credential-rows.ts'
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
  const { clientId, secrets, credentials } = integration
  return [
    integrationInsert(profile, integration),
    ...credentials.map((credential) => credentialInsert(clientId, credential, profile.createdAt)),
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
    ...credentialWrites(before, after, now),
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

function credentialWrites(
  { integration: { credentials: before } }: IntegrationState,
  { integration: { clientId, credentials: after } }: IntegrationState,
  now: EpochSeconds,
): readonly Write[] {
  return [
    ...after.flatMap((credential): readonly Write[] => {
      const known = before.find(({ id }) => id === credential.id)
      if (known === undefined) return [credentialInsert(clientId, credential, now)]
      return known === credential ? [] : [credentialUpdate(credential)]
    }),
    ...before
      .filter(({ id }) => !after.some((credential) => credential.id === id))
      .map(({ id }): Write => ['delete_credential', id]),
  ]
}

export const removal = (clientId: string): readonly Write[] => [
  ['delete_histories', clientId],
  ['delete_slots', clientId],
  ['delete_secrets', clientId],
  ['delete_credentials', clientId],
  ['delete_replay_window', clientId],
  ['delete_integration', clientId],
]
