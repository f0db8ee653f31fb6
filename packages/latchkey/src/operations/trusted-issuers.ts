// Creates, changes and deletes trusted issuers for an owner.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor, AuditRecord, AuditTarget, JsonObject } from '../domain/audit-event.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { ChangedIssuer, IssuerInUse, IssuerTaken, UnknownIssuer } from '../domain/trusted-issuer-change.ts'
import { type IssuerFault, issuerFault, type IssuerSettings, type TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { MaterialFault, TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { identifier } from './identifier.ts'

export interface TrustedIssuerPorts {
  readonly trustedIssuers: TrustedIssuers
  readonly trustedIssuerKeys: TrustedIssuerKeys
  readonly clock: Clock
  readonly random: Random
  /** Returns the issuer identifier of this server, which a trusted issuer must not have. */
  readonly issuer: () => string
}

export type IssuerSettingsRefusal = { readonly reason: IssuerFault | MaterialFault }

/** Creates an issuer. Throws `StoreUnavailable`. */
export async function createTrustedIssuer(
  ports: TrustedIssuerPorts,
  by: Actor,
  settings: IssuerSettings,
): Promise<Result<TrustedIssuer, IssuerSettingsRefusal | LimitReached | IssuerTaken>> {
  const fault = settingsFault(ports, undefined, settings)
  if (fault !== undefined) return refuse({ reason: fault })
  const issuer = newTrustedIssuer(ports, settings)
  const created = await ports.trustedIssuers.create(issuer, issuerCreated(by, issuer))
  return created.ok ? accept(issuer) : created
}

export interface IssuerToChange {
  readonly id: string
  /** The version that the operator read. If the version is undefined, the change applies to any version. */
  readonly version: number | undefined
}

/** Changes the given settings together, or refuses the whole change. Throws `StoreUnavailable`. */
export async function changeTrustedIssuer(
  ports: TrustedIssuerPorts,
  by: Actor,
  { id, version, settings }: IssuerToChange & { readonly settings: Partial<IssuerSettings> },
): Promise<Result<TrustedIssuer, IssuerSettingsRefusal | UnknownIssuer | VersionConflict | IssuerTaken>> {
  const known = await findTrustedIssuer(ports, id)
  if (!known.ok) return known
  const fault = settingsFault(ports, known.value, { ...known.value, ...settings })
  if (fault !== undefined) return refuse({ reason: fault })
  const change = { id: known.value.id, version, settings, now: ports.clock.now() }
  const changed = await ports.trustedIssuers.change(change, issuerChanged(by))
  return changed.ok ? accept(changed.value.after) : changed
}

/** Deletes an issuer. Refuses if a trust rule that has not ended uses the issuer. Throws `StoreUnavailable`. */
export async function deleteTrustedIssuer(
  ports: TrustedIssuerPorts,
  by: Actor,
  { id, version }: IssuerToChange,
): Promise<Result<void, UnknownIssuer | VersionConflict | IssuerInUse>> {
  const known = await findTrustedIssuer(ports, id)
  if (!known.ok) return known
  const issuer = known.value
  return ports.trustedIssuers.remove({ id: issuer.id, version }, issuerDeleted(by, issuer))
}

/**
 * Returns the fault in the changed settings. Undefined if the settings are valid. Does not check unchanged keys and
 * certificates again, so that an operator can still disable an issuer whose keys are no longer usable.
 */
export function settingsFault(
  { trustedIssuerKeys, issuer }: Pick<TrustedIssuerPorts, 'trustedIssuerKeys' | 'issuer'>,
  before: IssuerSettings | undefined,
  after: IssuerSettings,
): IssuerFault | MaterialFault | undefined {
  const fault = issuerFault(after, issuer())
  if (fault !== undefined || (before !== undefined && materialOf(before) === materialOf(after))) return fault
  return trustedIssuerKeys.materialFault(after)
}

const materialOf = ({ keys, algorithms, tlsCa }: IssuerSettings): string => JSON.stringify([keys, algorithms, tlsCa])

export function newTrustedIssuer(
  { clock, random }: Pick<TrustedIssuerPorts, 'clock' | 'random'>,
  settings: IssuerSettings,
): TrustedIssuer {
  const now = clock.now()
  return { id: `iss_${identifier(random, now)}`, ...settings, version: 1, createdAt: now, updatedAt: now }
}

export const issuerCreated = (actor: Actor, issuer: TrustedIssuer): AuditRecord => ({
  ...{ event: 'issuer.created', actor, target: issuerTarget(issuer), before: {}, after: auditedIssuer(issuer) },
})

export const issuerChanged =
  (actor: Actor) =>
  ({ before, after }: ChangedIssuer): AuditRecord => ({
    ...{ event: 'issuer.changed', actor, target: issuerTarget(after) },
    ...{ before: auditedIssuer(before), after: auditedIssuer(after) },
  })

export const issuerDeleted = (actor: Actor, issuer: TrustedIssuer): AuditRecord => ({
  ...{ event: 'issuer.deleted', actor, target: issuerTarget(issuer), before: auditedIssuer(issuer), after: {} },
})

/** Finds an issuer by its id (`iss_…`) or its name. Throws `StoreUnavailable`. */
export async function findTrustedIssuer(
  { trustedIssuers }: Pick<TrustedIssuerPorts, 'trustedIssuers'>,
  idOrName: string,
): Promise<Result<TrustedIssuer, UnknownIssuer>> {
  await trustedIssuers.refreshed()
  const issuer = issuerCalled(trustedIssuers.all(), idOrName)
  return issuer === undefined ? refuse({ reason: 'unknown_trusted_issuer' }) : accept(issuer)
}

export const issuerCalled = (issuers: readonly TrustedIssuer[], idOrName: string): TrustedIssuer | undefined =>
  issuers.find(({ id, name }) => id === idOrName || name === idOrName)

export const issuerTarget = ({ id, name }: TrustedIssuer): AuditTarget => ({ kind: 'issuer', id, name })

/** The members of an issuer that the audit trail records. */
export const auditedIssuer = (issuer: TrustedIssuer): JsonObject => ({
  name: issuer.name,
  url: issuer.url,
  platform: issuer.platform,
  keys:
    issuer.keys.source === 'inline'
      ? { source: 'inline', kids: issuer.keys.keys.map(({ kid }) => (typeof kid === 'string' ? kid : null)) }
      : { ...issuer.keys },
  audience: issuer.audience ?? null,
  algorithms: issuer.algorithms,
  tls_ca: issuer.tlsCa ?? null,
  stale_seconds: issuer.staleSeconds,
  enabled: issuer.enabled,
})
