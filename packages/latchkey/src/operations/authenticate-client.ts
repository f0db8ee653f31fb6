// Authenticates a client by its ID and secret (RFC 6749 §2.3.1).
import { accept, type ClientCredentials, refuse, type Result } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import { isSecretValid } from '../domain/client-secret.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { AuthenticationRefusal } from '../domain/refusal.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { SecretVault } from '../ports/secret-vault.ts'

export interface AuthenticateClientPorts {
  readonly integrations: Integrations
  readonly vault: SecretVault
  readonly clock: Clock
}

export interface AuthenticatedIntegration {
  readonly client: AuthenticatedClient
  readonly state: IntegrationState
}

/** Unknown client, wrong secret and disabled client cost the same work, so that the time taken tells nothing. */
export async function authenticateClient(
  { integrations, vault, clock }: AuthenticateClientPorts,
  { clientId, clientSecret }: ClientCredentials,
): Promise<Result<AuthenticatedIntegration, AuthenticationRefusal>> {
  const state = await integrations.find(clientId)
  const now = clock.now()
  const candidates = state?.integration.secrets.filter((secret) => isSecretValid(secret, now)) ?? []
  const match = vault.matches(
    clientSecret,
    candidates.map((secret) => secret.hash),
  )
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId })
  const secret = candidates[match]
  if (secret === undefined) return refuse({ reason: 'wrong_secret', clientId })
  if (!state.integration.enabled) return refuse({ reason: 'client_disabled', clientId })
  return accept({ client: { clientId, secretId: secret.id }, state })
}
