// Ends one client secret: the server rejects it from the next request on. Live tokens stay live.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'
import { type ListedSecret, type SecretPorts, secretsOf } from './list-secrets.ts'

export interface EndSecretPorts extends ChangeIntegrationPorts, SecretPorts {}

export type EndSecretRefusal = UnknownIntegration | VersionConflict | { readonly reason: 'unknown_secret' }

/** Ends a secret. Accepts a secret that has already ended, and then changes nothing. Throws `StoreUnavailable`. */
export async function endSecret(
  ports: EndSecretPorts,
  by: Actor,
  { id, version, secretId }: IntegrationToChange & { readonly secretId: string },
): Promise<Result<ListedSecret, EndSecretRefusal>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const changed = await changeIntegration(ports, by, {
    found: found.value,
    version,
    event: 'secret.ended',
    changes: [{ kind: 'end_secret', secretId, at: ports.clock.now() }],
    remark: () => ({ secret_id: secretId }),
  })
  if (changed.ok) {
    const secrets = await secretsOf(ports, found.value.state.integration.clientId)
    const ended = secrets.find((secret) => secret.id === secretId)
    return ended === undefined ? refuse({ reason: 'unknown_secret' }) : accept(ended)
  }
  const { refusal } = changed
  switch (refusal.reason) {
    case 'unknown_integration':
    case 'version_conflict':
      return refuse(refusal)
    case 'unknown_secret':
      return refuse({ reason: 'unknown_secret' })
    default:
      throw new Error(`the end of a secret was refused: ${refusal.reason}`)
  }
}
