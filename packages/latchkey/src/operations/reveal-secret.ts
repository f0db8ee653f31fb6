// Reveals a client secret to an operator, from the encrypted copy. Records the act in the audit trail before it returns
// the secret.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { integrationTarget } from '../domain/audited-integration.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Integrations, UnknownIntegration } from '../ports/integrations.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { Secrets } from '../ports/secrets.ts'
import { findIntegration } from './find-integration.ts'

export interface RevealSecretPorts {
  readonly integrations: Integrations
  readonly secrets: Secrets
  readonly auditTrail: AuditTrail
  readonly vault: SecretVault
}

export type RevealSecretRefusal =
  | UnknownIntegration
  | { readonly reason: 'unknown_secret' }
  /**
   * The server has no encrypted copy of the secret: the secret was imported, or `LATCHKEY_SECRET_REVEAL=never` is or
   * was set.
   */
  | { readonly reason: 'secret_not_kept' }

/** Returns the text of the secret. Throws `StoreUnavailable`. */
export async function revealSecret(
  { integrations, secrets, auditTrail, vault }: RevealSecretPorts,
  actor: Actor,
  { id, secretId }: { readonly id: string; readonly secretId: string },
): Promise<Result<Secret, RevealSecretRefusal>> {
  const found = await findIntegration({ integrations }, id)
  if (!found.ok) return found
  const { clientId, secrets: known } = found.value.state.integration
  if (!known.some((secret) => secret.id === secretId)) return refuse({ reason: 'unknown_secret' })
  const sealed = await secrets.sealedCopy(clientId, secretId)
  if (sealed === undefined) return refuse({ reason: 'secret_not_kept' })
  const text = vault.open(secretId, sealed)
  const target = integrationTarget(found.value)
  await auditTrail.append([{ event: 'secret.revealed', actor, target, before: {}, after: { secret_id: secretId } }])
  return accept(text)
}
