// Rotates a secret: adds a new secret, and sets the end of the older secrets. The old and the new secret are both valid
// until that end. Live tokens stay live unless the operator asks to end them too.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import { grantedScopes, type IntegrationState } from '../domain/integration.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { IdempotencyRefusal, UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import type { IdempotencyKey } from './create-integration.ts'
import { findIntegration } from './find-integration.ts'
import { type ListedSecret, type SecretPorts, secretsOf } from './list-secrets.ts'
import { newSecret, type NewSecretPorts, type SecretRequestRefusal } from './new-secret.ts'

export interface RotateSecretPorts extends ChangeIntegrationPorts, NewSecretPorts, SecretPorts {}

export interface Rotation extends IntegrationToChange {
  /** The number of seconds for which the older secrets stay valid. */
  readonly overlapSeconds: number
  readonly endsAt?: EpochSeconds | undefined
  readonly importedSecret?: string | undefined
  /**
   * The id of a secret that ends at once, in the same change. If the integration has another valid secret, that secret
   * stays valid for `overlapSeconds`.
   */
  readonly endedSecretId?: string | undefined
  /** `revoke` also ends the live tokens of the integration. */
  readonly liveTokens: 'keep' | 'revoke'
  readonly idempotencyKey?: IdempotencyKey | undefined
}

export interface RotatedSecret {
  readonly secret: ListedSecret
  /** The text of the secret. Undefined for an imported secret, and for a repeated request. */
  readonly text: Secret | undefined
  readonly isReplay: boolean
}

export type RotateSecretRefusal =
  | SecretRequestRefusal
  | UnknownIntegration
  | VersionConflict
  | { readonly reason: 'two_secrets_valid' | 'unknown_secret' }
  | Extract<IdempotencyRefusal, { reason: 'idempotency_key_reused' }>

/** Rotates the secret. Throws `StoreUnavailable`. */
export async function rotateSecret(
  ports: RotateSecretPorts,
  by: Actor,
  rotation: Rotation,
): Promise<Result<RotatedSecret, RotateSecretRefusal>> {
  const { id, version, overlapSeconds, endsAt, importedSecret, endedSecretId, liveTokens, idempotencyKey } = rotation
  const made = newSecret(ports, { imported: importedSecret, endsAt })
  if (!made.ok) return made
  const { secret, sealed, origin, text } = made.value
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const now = ports.clock.now()
  const changes: IntegrationChange[] = [
    ...(endedSecretId === undefined ? [] : [{ kind: 'end_secret', secretId: endedSecretId, at: now } as const]),
    { kind: 'add_secret', secret, sealed, origin, previousEndAt: now + overlapSeconds },
  ]
  if (liveTokens === 'revoke') changes.push({ kind: 'revoke_tokens', scopes: grantedScopes(found.value.state) })
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version,
    event: 'secret.rotated',
    changes,
    remark: (before, after) => ({
      secret_id: secret.id,
      origin,
      ...(endedSecretId !== undefined && { ended_secret_id: endedSecretId }),
      others_end_at: endOfOthers(before, after),
      live_tokens: liveTokens,
    }),
    idempotency: idempotencyKey && { ...idempotencyKey, made: secret.id },
  })
  const { clientId } = found.value.state.integration
  if (changed.ok) {
    const kept = await one(ports, clientId, secret.id)
    return accept({ secret: kept ?? endedAlready(secret, origin, ports.clock.now()), text, isReplay: false })
  }
  const { refusal } = changed
  switch (refusal.reason) {
    case 'already_made': {
      const made = await one(ports, clientId, refusal.made)
      // The secret that the first request made is no longer listed. A repeated request must not make another secret.
      if (made === undefined) return refuse({ reason: 'idempotency_key_reused' })
      return accept({ secret: made, text: undefined, isReplay: true })
    }
    case 'scope_gone':
    case 'unknown_credential':
    case 'kid_taken':
    case 'too_many_keys':
    case 'too_many_keys_of_algorithm':
    case 'too_many_rules':
    case 'jwks_uri_beside_keys':
    case 'too_many_jwks_uris':
      throw new Error(`a rotation was refused: ${refusal.reason}`)
    case 'idempotency_key_reused':
      return refuse({ reason: 'idempotency_key_reused' })
    case 'unknown_secret':
    case 'two_secrets_valid':
      return refuse({ reason: refusal.reason })
    case 'unknown_integration':
    case 'version_conflict':
      return refuse(refusal)
  }
}

/** Returns the latest end of the secrets that were valid before the rotation. Null if no secret was valid. */
function endOfOthers(before: IntegrationState, after: IntegrationState): EpochSeconds | null {
  const working = before.integration.secrets.filter(({ hash }) => hash !== '').map(({ id }) => id)
  const ends = after.integration.secrets.flatMap(({ id, endsAt }) => (working.includes(id) ? [endsAt ?? 0] : []))
  return ends.length === 0 ? null : Math.max(...ends)
}

async function one(ports: RotateSecretPorts, clientId: string, secretId: string): Promise<ListedSecret | undefined> {
  return (await secretsOf(ports, clientId)).find(({ id }) => id === secretId)
}

/** Returns the result for a new secret that concurrent rotations have already replaced. */
const endedAlready = ({ id }: ClientSecret, origin: SecretOrigin, now: EpochSeconds): ListedSecret => ({
  ...{ id, origin, createdAt: now, endsAt: now, isSealed: false, lastUse: undefined },
  ...{ status: 'ended', retirement: 'ended_already' },
})
