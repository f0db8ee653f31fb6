// Adds a credential to an integration: a public key that verifies the client's own assertions, the URL from which the
// server fetches such keys, or a trust rule that says which workloads of a trusted issuer may authenticate as the client.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor, JsonObject } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { CredentialRefusal } from '../domain/credential-change.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { ClientKeyFault } from '../ports/client-keys.ts'
import type { IdempotencyRefusal, UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import type { IdempotencyKey } from './create-integration.ts'
import { findIntegration } from './find-integration.ts'
import { credentialsOf, type ListedCredential } from './list-credentials.ts'
import type { SecretPorts } from './list-secrets.ts'
import { auditedKey, type KeyRequest, newClientKey, type NewKeyPorts } from './new-client-key.ts'
import { auditedKeySource, type KeySourceRequest, newKeySource } from './new-key-source.ts'
import { auditedRule, newTrustRule, type NewRulePorts, type RuleRefusal, type RuleRequest } from './new-trust-rule.ts'

export interface AddCredentialPorts extends ChangeIntegrationPorts, NewKeyPorts, NewRulePorts, SecretPorts {}

export interface AddedCredential {
  readonly credential: ListedCredential
  readonly isReplay: boolean
}

export type NewCredential =
  | ({ readonly kind: 'key' } & KeyRequest)
  | ({ readonly kind: 'jwks_uri' } & KeySourceRequest)
  | ({ readonly kind: 'trust' } & RuleRequest)

export type AddCredentialRefusal =
  | UnknownIntegration
  | VersionConflict
  | RuleRefusal
  | { readonly reason: 'jwks_uri_unusable' | ClientKeyFault | Exclude<CredentialRefusal, 'unknown_credential'> }
  | Extract<IdempotencyRefusal, { reason: 'idempotency_key_reused' }>

export interface CredentialToAdd extends IntegrationToChange {
  readonly credential: NewCredential
  readonly idempotencyKey?: IdempotencyKey | undefined
}

/** Adds a credential. The other credentials stay valid, and live tokens stay live. Throws `StoreUnavailable`. */
export async function addCredential(
  ports: AddCredentialPorts,
  by: Actor,
  { id, version, credential, idempotencyKey }: CredentialToAdd,
): Promise<Result<AddedCredential, AddCredentialRefusal>> {
  const made = await addition(ports, credential)
  if (!made.ok) return made
  const { change, audited, credentialId } = made.value
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version,
    event: 'credential.added',
    changes: [change],
    remark: () => audited,
    idempotency: idempotencyKey && { ...idempotencyKey, made: credentialId },
  })
  const { clientId } = found.value.state.integration
  if (changed.ok) return replied(await credentialsOf(ports, clientId), credentialId, false)
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
    case 'too_many_rules':
    case 'jwks_uri_beside_keys':
    case 'too_many_jwks_uris':
      return refuse({ reason: refusal.reason })
    case 'unknown_credential':
    case 'unknown_secret':
    case 'two_secrets_valid':
    case 'scope_gone':
      throw new Error(`a new credential was refused: ${refusal.reason}`)
  }
}

interface Addition {
  readonly change: IntegrationChange
  readonly audited: JsonObject
  readonly credentialId: string
}

async function addition(
  ports: AddCredentialPorts,
  credential: NewCredential,
): Promise<Result<Addition, RuleRefusal | { readonly reason: ClientKeyFault | 'jwks_uri_unusable' }>> {
  if (credential.kind === 'key') {
    const made = newClientKey(ports, credential, ports.clock.now())
    if (!made.ok) return refuse({ reason: made.refusal })
    const key = made.value
    return accept({
      change: { kind: 'add_key', key },
      audited: auditedKey(ports.clientKeys, key),
      credentialId: key.id,
    })
  }
  if (credential.kind === 'jwks_uri') {
    const made = newKeySource(ports, credential, ports.clock.now())
    if (!made.ok) return refuse({ reason: made.refusal })
    const source = made.value
    return accept({
      change: { kind: 'add_key_source', source },
      audited: auditedKeySource(source),
      credentialId: source.id,
    })
  }
  const made = await newTrustRule(ports, credential)
  if (!made.ok) return made
  const { rule, issuer } = made.value
  return accept({ change: { kind: 'add_rule', rule }, audited: auditedRule(rule, issuer), credentialId: rule.id })
}

/**
 * Returns the credential with this id. Refuses a repeated request if the credential that the first request added is no
 * longer listed, because a repeated request must not add another credential.
 */
function replied(
  credentials: readonly ListedCredential[],
  id: string,
  isReplay: boolean,
): Result<AddedCredential, AddCredentialRefusal> {
  const credential = credentials.find((listed) => listed.credential.id === id)
  return credential === undefined ? refuse({ reason: 'idempotency_key_reused' }) : accept({ credential, isReplay })
}
