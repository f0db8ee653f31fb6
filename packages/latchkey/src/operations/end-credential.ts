// Ends a client key or a trust rule: the server rejects it from the next request on. Live tokens stay live unless the
// operator also asks to end these tokens.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import { grantedScopes } from '../domain/integration.ts'
import type { UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'
import { credentialsOf, type ListedCredential } from './list-credentials.ts'
import type { SecretPorts } from './list-secrets.ts'

export interface CredentialToEnd extends IntegrationToChange {
  readonly credentialId: string
  /** `revoke` also ends the live tokens of the integration. */
  readonly liveTokens: 'keep' | 'revoke'
}

export type EndCredentialRefusal = UnknownIntegration | VersionConflict | { readonly reason: 'unknown_credential' }

/**
 * Ends a credential. Accepts a credential that has already ended, and then changes nothing. Throws `StoreUnavailable`.
 */
export async function endCredential(
  ports: ChangeIntegrationPorts & SecretPorts,
  by: Actor,
  { id, version, credentialId, liveTokens }: CredentialToEnd,
): Promise<Result<ListedCredential, EndCredentialRefusal>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const { state } = found.value
  const changes: IntegrationChange[] = [{ kind: 'end_credential', credentialId, at: ports.clock.now() }]
  if (liveTokens === 'revoke') changes.push({ kind: 'revoke_tokens', scopes: grantedScopes(state) })
  const changed = await changeIntegration(ports, by, {
    ...{ found: found.value, version, event: 'credential.ended', changes },
    remark: () => ({ credential_id: credentialId, live_tokens: liveTokens }),
  })
  if (changed.ok) {
    const credentials = await credentialsOf(ports, state.integration.clientId)
    const ended = credentials.find(({ credential }) => credential.id === credentialId)
    return ended === undefined ? refuse({ reason: 'unknown_credential' }) : accept(ended)
  }
  const { refusal } = changed
  switch (refusal.reason) {
    case 'unknown_integration':
    case 'version_conflict':
      return refuse(refusal)
    case 'unknown_credential':
      return refuse({ reason: 'unknown_credential' })
    default:
      throw new Error(`the end of a credential was refused: ${refusal.reason}`)
  }
}
