// Requests a token for an operator who tries out an integration. The new token supersedes the live token of the
// integration and scope, as every new token does.
import {
  accept,
  type AssertionFault,
  JWT_SPIFFE,
  readClientAssertion,
  refuse,
  type Result,
  type Secret,
} from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { integrationTarget } from '../domain/audited-integration.ts'
import { isSecretValid } from '../domain/client-secret.ts'
import type { IssueRefusal, ThrottledRefusal } from '../domain/refusal.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import type { Secrets } from '../ports/secrets.ts'
import { findIntegration } from './find-integration.ts'
import type { ClientRequest } from './authenticate-client.ts'
import { issueToken, type IssueTokenPorts, type TokenGrant } from './issue-token.ts'
import { readAnyAssertion } from './read-any-assertion.ts'

export interface TrialPorts extends IssueTokenPorts {
  readonly auditTrail: AuditTrail
  readonly secrets: Secrets
}

export interface TrialRequest {
  /** The id or the client ID of the integration. */
  readonly id: string
  readonly scope: string
  /**
   * The secret or assertion that authenticates the client. If undefined, the server uses the newest valid secret of
   * which it has an encrypted copy, without showing the secret to the operator.
   */
  readonly proof: TrialProof | undefined
}

export type TrialProof = { readonly clientSecret: Secret } | { readonly assertion: string }

export type TrialRefusal =
  | UnknownIntegration
  /**
   * The server has no encrypted copy of a valid secret: all secrets were imported, or `LATCHKEY_SECRET_REVEAL=never` is
   * set.
   */
  | { readonly reason: 'secret_not_kept' }
  | { readonly reason: AssertionFault }
  /** Another client signed the assertion. */
  | { readonly reason: 'client_id_mismatch' }
  | IssueRefusal
  | ThrottledRefusal

/**
 * Requests the token. All rules for token requests of the client apply: status, addresses, scopes and throttling.
 * Throws `StoreUnavailable`.
 */
export async function requestTrialToken(
  ports: TrialPorts,
  actor: Actor,
  { id, scope, proof }: TrialRequest,
): Promise<Result<TokenGrant, TrialRefusal>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const credentials = await credentialsOf(ports, found.value, proof)
  if (!credentials.ok) return credentials
  const target = integrationTarget(found.value)
  await ports.auditTrail.append([{ event: 'token.requested', actor, target, before: {}, after: { scope } }])
  const { address, userAgent } = actor
  const requester = { address, userAgent }
  const request = { credentials: credentials.value, grantType: 'client_credentials', scope, requester }
  return new Promise((resolve, reject) => {
    issueToken(ports, request, { resolve, reject })
  })
}

async function credentialsOf(
  ports: TrialPorts,
  found: IntegrationSummary,
  proof: TrialProof | undefined,
): Promise<Result<ClientRequest['credentials'], TrialRefusal>> {
  const { clientId } = found.state.integration
  if (proof !== undefined && 'assertion' in proof) return assertionOf(ports, proof.assertion, clientId)
  const clientSecret = proof?.clientSecret ?? (await ownSecret(ports, found))
  return clientSecret === undefined ? refuse({ reason: 'secret_not_kept' }) : accept({ clientId, clientSecret })
}

function assertionOf(
  { trustedIssuers }: Pick<TrialPorts, 'trustedIssuers'>,
  text: string,
  clientId: string,
): Result<ClientRequest['credentials'], TrialRefusal> {
  const read = readAnyAssertion(text)
  if (!read.ok) return refuse({ reason: read.refusal })
  const assertion = read.value
  if (assertion.kind === 'platform') {
    // The `iss` of a JWT-SVID need not be a trusted issuer. A workload sends such a JWT-SVID as `jwt-spiffe`, and the
    // server finds the issuer by the trust domain.
    const isTrusted = trustedIssuers.all().some(({ url }) => url === assertion.issuer)
    const svid = isTrusted ? read : readClientAssertion(text, JWT_SPIFFE)
    return accept({ clientId, platform: svid.ok && svid.value.kind === 'platform' ? svid.value : assertion })
  }
  return assertion.clientId === clientId ? accept({ clientId, assertion }) : refuse({ reason: 'client_id_mismatch' })
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
