// The rules for changes of trusted issuers. The functions are pure: the caller stores the result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { atVersion, type VersionConflict } from './at-version.ts'
import type { IntegrationState } from './integration.ts'
import { issuerUses } from './issuer-use.ts'
import type { LimitReached } from './limit-reached.ts'
import { type IssuerSettings, MAX_TRUSTED_ISSUERS, type TrustedIssuer } from './trusted-issuer.ts'
import type { EpochSeconds } from './slot.ts'

export type UnknownIssuer = { readonly reason: 'unknown_trusted_issuer' }
export type IssuerTaken = { readonly reason: 'issuer_name_taken' | 'issuer_url_taken' }
/** Valid trust rules of the integrations `clientIds` use the issuer. */
export type IssuerInUse = { readonly reason: 'issuer_in_use'; readonly clientIds: readonly string[] }

export function addIssuer(
  issuers: readonly TrustedIssuer[],
  issuer: TrustedIssuer,
): Result<readonly TrustedIssuer[], LimitReached | IssuerTaken> {
  if (issuers.length >= MAX_TRUSTED_ISSUERS) return refuse({ reason: 'limit_reached', most: MAX_TRUSTED_ISSUERS })
  const taken = takenBy(issuers, issuer)
  return taken === undefined ? accept([...issuers, issuer]) : refuse(taken)
}

export interface ChangedIssuer {
  readonly issuers: readonly TrustedIssuer[]
  readonly before: TrustedIssuer
  /** The issuer after the change. It is the same object as `before` if nothing changed. */
  readonly after: TrustedIssuer
}

export interface IssuerChange {
  readonly id: string
  /** The version that the caller read. If it is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly settings: Partial<IssuerSettings>
  readonly now: EpochSeconds
}

export function changeIssuer(
  issuers: readonly TrustedIssuer[],
  { id, version, settings, now }: IssuerChange,
): Result<ChangedIssuer, UnknownIssuer | VersionConflict | IssuerTaken> {
  const found = issuerAt(issuers, id, version)
  if (!found.ok) return found
  const before = found.value
  const changed = { ...before, ...settings }
  if (JSON.stringify(changed) === JSON.stringify(before)) return accept({ issuers, before, after: before })
  const others = issuers.filter((issuer) => issuer !== before)
  const taken = takenBy(others, changed)
  if (taken !== undefined) return refuse(taken)
  const after = { ...changed, version: before.version + 1, updatedAt: now }
  return accept({ issuers: issuers.map((issuer) => (issuer === before ? after : issuer)), before, after })
}

/** Returns the issuers without the issuer `id`. Refuses if a trust rule that has not ended uses the issuer. */
export function removeIssuer(
  issuers: readonly TrustedIssuer[],
  { id, version }: Pick<IssuerChange, 'id' | 'version'>,
  states: Iterable<IntegrationState>,
): Result<readonly TrustedIssuer[], UnknownIssuer | VersionConflict | IssuerInUse> {
  const found = issuerAt(issuers, id, version)
  if (!found.ok) return found
  const uses = issuerUses(states).get(id) ?? []
  if (uses.length > 0) return refuse({ reason: 'issuer_in_use', clientIds: uses.map(({ clientId }) => clientId) })
  return accept(issuers.filter((issuer) => issuer.id !== id))
}

/** Returns true if the integration has a trust rule that uses the issuer and has not ended. */
export const trusts = ({ integration }: IntegrationState, issuerId: string): boolean =>
  integration.credentials.some(
    (credential) => credential.kind === 'trust' && !credential.hasEnded && credential.issuerId === issuerId,
  )

function issuerAt(
  issuers: readonly TrustedIssuer[],
  id: string,
  version: number | undefined,
): Result<TrustedIssuer, UnknownIssuer | VersionConflict> {
  const issuer = issuers.find((candidate) => candidate.id === id)
  return issuer === undefined ? refuse({ reason: 'unknown_trusted_issuer' }) : atVersion(issuer, version)
}

function takenBy(others: readonly TrustedIssuer[], { name, url }: IssuerSettings): IssuerTaken | undefined {
  if (others.some((other) => other.name === name)) return { reason: 'issuer_name_taken' }
  return others.some((other) => other.url === url) ? { reason: 'issuer_url_taken' } : undefined
}
