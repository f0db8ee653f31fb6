// Registers a public key of an integration, with which the server verifies the assertions of its client.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { CredentialRefusal } from '../domain/credential-change.ts'
import type { ClientKeyFault } from '../ports/client-keys.ts'
import type { IdempotencyRefusal, UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import type { IdempotencyKey } from './create-integration.ts'
import { findIntegration } from './find-integration.ts'
import { credentialsOf, type ListedCredential } from './list-credentials.ts'
import type { SecretPorts } from './list-secrets.ts'
import { auditedKey, type KeyRequest, newClientKey, type NewKeyPorts } from './new-client-key.ts'

export interface AddClientKeyPorts extends ChangeIntegrationPorts, NewKeyPorts, SecretPorts {}

export interface AddedKey {
  readonly credential: ListedCredential
  readonly isReplay: boolean
}

export type AddClientKeyRefusal =
  | UnknownIntegration
  | VersionConflict
  | { readonly reason: ClientKeyFault | Exclude<CredentialRefusal, 'unknown_credential'> }
  | Extract<IdempotencyRefusal, { reason: 'idempotency_key_reused' }>

/** Adds a key beside the others. Live tokens stay live. Throws `StoreUnavailable`. */
export async function addClientKey(
  ports: AddClientKeyPorts,
  by: Actor,
  request: IntegrationToChange & KeyRequest & { readonly idempotencyKey?: IdempotencyKey | undefined },
): Promise<Result<AddedKey, AddClientKeyRefusal>> {
  const { id, version, idempotencyKey } = request
  const made = newClientKey(ports, request, ports.clock.now())
  if (!made.ok) return refuse({ reason: made.refusal })
  const key = made.value
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version,
    event: 'credential.added',
    changes: [{ kind: 'add_key', key }],
    remark: () => auditedKey(ports.clientKeys, key),
    idempotency: idempotencyKey && { ...idempotencyKey, made: key.id },
  })
  const { clientId } = found.value.state.integration
  if (changed.ok) return replied(await credentialsOf(ports, clientId), key.id, false)
  const { refusal } = changed
  switch (refusal.reason) {
    case 'already_made':
      return replied(await credentialsOf(ports, clientId), refusal.made, true)
    case 'unknown_integration':
    case 'version_conflict':
      return refuse(refusal)
    case 'idempotency_key_reused':
    case 'kid_taken':
    case 'too_many_keys':
    case 'too_many_keys_of_algorithm':
      return refuse({ reason: refusal.reason })
    case 'unknown_credential':
    case 'unknown_secret':
    case 'two_secrets_valid':
    case 'scope_gone':
      throw new Error(`a new key was refused: ${refusal.reason}`)
  }
}

/** If the key that a repeated request made is no longer listed, the request makes no other one. */
function replied(
  credentials: readonly ListedCredential[],
  id: string,
  isReplay: boolean,
): Result<AddedKey, AddClientKeyRefusal> {
  const credential = credentials.find((listed) => listed.credential.id === id)
  return credential === undefined ? refuse({ reason: 'idempotency_key_reused' }) : accept({ credential, isReplay })
}
