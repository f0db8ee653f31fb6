// Lists the secrets of an integration without their texts. For each secret, the list says whether an operator can end
// it safely.
import { accept, type Result } from '@latchkey/protocol'
import { isRule } from '../domain/credential.ts'
import { type Retirement, safeToRetire, type UsedCredential } from '../domain/safe-to-retire.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { Credentials } from '../ports/credentials.ts'
import type { Integrations, UnknownIntegration } from '../ports/integrations.ts'
import type { SecretRecord, Secrets } from '../ports/secrets.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { findIntegration } from './find-integration.ts'

export interface ListedSecret extends SecretRecord {
  readonly status: 'active' | 'ending' | 'ended'
  readonly retirement: Retirement
}

export interface SecretPorts {
  readonly secrets: Secrets
  readonly credentials: Credentials
  readonly trustedIssuers: TrustedIssuers
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

export async function secretsOf(ports: SecretPorts, clientId: string): Promise<readonly ListedSecret[]> {
  const now = ports.clock.now()
  const { secrets, used } = await recordsOf(ports, clientId)
  return secrets.map((record) => ({
    ...record,
    status: statusAt(record.endsAt, now),
    retirement: retirementOf(record.id, used, now),
  }))
}

/** Returns the records of all secrets and credentials of an integration, and in `used` the last use of each. */
export async function recordsOf({ secrets, credentials, trustedIssuers }: SecretPorts, clientId: string) {
  const records = { secrets: await secrets.of(clientId), credentials: await credentials.of(clientId) }
  const disabled = new Set(
    trustedIssuers
      .all()
      .filter(({ enabled }) => !enabled)
      .map(({ id }) => id),
  )
  const used = [
    ...records.secrets.map((record) => ({ ...record, isEnabled: true })),
    ...records.credentials.map(({ credential, ...record }) => ({
      ...{ ...record, id: credential.id, endsAt: credential.endsAt },
      isEnabled: !(isRule(credential) && disabled.has(credential.issuerId)),
    })),
  ].map(({ lastUse, ...record }) => ({ ...record, lastUsedAt: lastUse?.at }))
  return { ...records, used }
}

export function retirementOf(id: string, used: readonly UsedCredential[], now: EpochSeconds): Retirement {
  const own = used.find((one) => one.id === id)
  if (own === undefined) return 'ended_already'
  return safeToRetire(
    own,
    used.filter((other) => other !== own),
    now,
  )
}

export const statusAt = (endsAt: EpochSeconds | undefined, now: EpochSeconds): 'active' | 'ending' | 'ended' =>
  endsAt === undefined ? 'active' : now < endsAt ? 'ending' : 'ended'
