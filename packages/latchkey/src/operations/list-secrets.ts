// Lists the secrets of an integration without their texts. For each it says whether an operator can end it safely.
import { accept, type Result } from '@latchkey/protocol'
import { type Retirement, safeToRetire } from '../domain/safe-to-retire.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations, UnknownIntegration } from '../ports/integrations.ts'
import type { SecretRecord, Secrets } from '../ports/secrets.ts'
import { findIntegration } from './find-integration.ts'

export interface ListedSecret extends SecretRecord {
  readonly status: 'active' | 'ending' | 'ended'
  readonly retirement: Retirement
}

interface SecretPorts {
  readonly secrets: Secrets
  readonly clock: Clock
}

/** Returns the secrets, the oldest first. Throws `StoreUnavailable`. */
export async function listSecrets(
  ports: SecretPorts & { readonly integrations: Integrations },
  id: string,
): Promise<Result<readonly ListedSecret[], UnknownIntegration>> {
  const found = await findIntegration(ports, id)
  return found.ok ? accept(await secretsOf(ports, found.value.state.integration.clientId)) : found
}

export async function secretsOf({ secrets, clock }: SecretPorts, clientId: string): Promise<readonly ListedSecret[]> {
  const now = clock.now()
  const records = await secrets.of(clientId)
  const usesOf = ({ id, createdAt, endsAt, lastUse }: SecretRecord) => ({
    ...{ id, createdAt, endsAt },
    lastUsedAt: lastUse?.at,
  })
  return records.map((record) => {
    const { endsAt } = record
    const others = records.filter(({ id }) => id !== record.id).map(usesOf)
    return {
      ...record,
      status: endsAt === undefined ? 'active' : now < endsAt ? 'ending' : 'ended',
      retirement: safeToRetire(usesOf(record), others, now),
    }
  })
}
