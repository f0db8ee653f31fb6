// Requests a token for an operator who tries out an integration. As every new token does, the token supersedes the live
// token of the slot.
import { refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { integrationTarget } from '../domain/audited-integration.ts'
import { isSecretValid } from '../domain/client-secret.ts'
import type { IssueRefusal, ThrottledRefusal } from '../domain/refusal.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import type { Secrets } from '../ports/secrets.ts'
import { findIntegration } from './find-integration.ts'
import { issueBySecret, type IssueBySecretPorts, type TokenGrant } from './issue-token.ts'

export interface TrialPorts extends IssueBySecretPorts {
  readonly auditTrail: AuditTrail
  readonly secrets: Secrets
}

export interface TrialRequest {
  /** The id or the client ID of the integration. */
  readonly id: string
  readonly scope: string
  /**
   * The secret to use. If undefined, the server uses the newest valid secret of which it has an encrypted copy, without
   * showing the secret to the operator.
   */
  readonly clientSecret: Secret | undefined
}

export type TrialRefusal =
  | UnknownIntegration
  /**
   * The server has no encrypted copy of a valid secret: all secrets were imported, or `LATCHKEY_SECRET_REVEAL=never` is
   * set.
   */
  | { readonly reason: 'secret_not_kept' }
  | IssueRefusal
  | ThrottledRefusal

/**
 * Requests the token. All rules for token requests of the client apply: status, addresses, scopes and throttling.
 * Throws `StoreUnavailable`.
 */
export async function requestTrialToken(
  ports: TrialPorts,
  actor: Actor,
  { id, scope, clientSecret }: TrialRequest,
): Promise<Result<TokenGrant, TrialRefusal>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const { clientId } = found.value.state.integration
  const secret = clientSecret ?? (await ownSecret(ports, found.value))
  if (secret === undefined) return refuse({ reason: 'secret_not_kept' })
  const target = integrationTarget(found.value)
  await ports.auditTrail.append([{ event: 'token.requested', actor, target, before: {}, after: { scope } }])
  const { address, userAgent } = actor
  const credentials = { clientId, clientSecret: secret }
  const request = { credentials, grantType: 'client_credentials', scope, requester: { address, userAgent } }
  return new Promise((resolve, reject) => {
    issueBySecret(ports, request, { resolve, reject })
  })
}

async function ownSecret(
  { secrets, vault, clock }: TrialPorts,
  { state: { integration } }: IntegrationSummary,
): Promise<Secret | undefined> {
  for (const secret of integration.secrets.filter((each) => isSecretValid(each, clock.now())).reverse()) {
    const sealed = await secrets.sealedCopy(integration.clientId, secret.id)
    if (sealed !== undefined) return vault.open(secret.id, sealed)
  }
  return undefined
}
