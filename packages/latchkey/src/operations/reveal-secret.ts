// Shows a client secret from its sealed copy to an operator. The audit trail records this before the secret is shown.
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
  /** The secret was imported, or secrets are shown only once (`LATCHKEY_SECRET_REVEAL=never`). */
  | { readonly reason: 'secret_not_kept' }

/** Throws `StoreUnavailable`. */
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
