// Lists the client keys and trust rules of an integration. For each credential, the list says whether an operator can
// end it safely.
import { accept, type Result } from '@latchkey/protocol'
import type { Retirement } from '../domain/safe-to-retire.ts'
import type { CredentialRecord } from '../ports/credentials.ts'
import type { Integrations, UnknownIntegration } from '../ports/integrations.ts'
import { findIntegration } from './find-integration.ts'
import { recordsOf, retirementOf, type SecretPorts, statusAt } from './list-secrets.ts'

export interface ListedCredential extends CredentialRecord {
  readonly status: 'active' | 'ending' | 'ended'
  readonly retirement: Retirement
}

/** Returns the credentials, the oldest first. Throws `StoreUnavailable`. */
export async function listCredentials(
  ports: SecretPorts & { readonly integrations: Integrations },
  id: string,
): Promise<Result<readonly ListedCredential[], UnknownIntegration>> {
  const found = await findIntegration(ports, id)
  return found.ok ? accept(await credentialsOf(ports, found.value.state.integration.clientId)) : found
}

export async function credentialsOf(ports: SecretPorts, clientId: string): Promise<readonly ListedCredential[]> {
  const now = ports.clock.now()
  const { credentials, used } = await recordsOf(ports, clientId)
  return credentials.map((record) => ({
    ...record,
    status: statusAt(record.credential.endsAt, now),
    retirement: retirementOf(record.credential.id, used, now),
  }))
}
