// Plans the changes that make the trusted issuers equal to the entries of a manifest, which contain all trusted
// issuers.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type Actor, changedMembers } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import { addIssuer, changeIssuer, type IssuerInUse, type IssuerTaken } from '../domain/trusted-issuer-change.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { DeclaredIssuer, Step } from './manifest.ts'
import {
  auditedIssuer,
  issuerChanged,
  issuerCreated,
  issuerDeleted,
  type IssuerSettingsRefusal,
  issuerTarget,
  newTrustedIssuer,
  settingsFault,
  type TrustedIssuerPorts,
} from './trusted-issuers.ts'

export type IssuerPlanRefusal =
  | IssuerSettingsRefusal
  | LimitReached
  | IssuerTaken
  | (IssuerInUse & { readonly name: string })
  /** The issuer with this name has a different URL or platform. Both are fixed when an issuer is created. */
  | { readonly reason: 'url_fixed' | 'platform_fixed' }

export interface IssuersPlan {
  /** The steps. Deletions come first, because a new issuer may have the URL of a deleted issuer. */
  readonly steps: readonly Step[]
  /** The trusted issuers after the steps. */
  readonly issuers: readonly TrustedIssuer[]
}

/**
 * A refusal, with the index of the entry. The index is undefined for a stored issuer that the manifest does not
 * contain.
 */
export interface IssuersRefusal {
  readonly index: number | undefined
  readonly problem: IssuerPlanRefusal
}

export function planIssuers(
  ports: TrustedIssuerPorts,
  by: Actor,
  declared: readonly DeclaredIssuer[],
): Result<IssuersPlan, IssuersRefusal> {
  const isDeclared = (issuer: TrustedIssuer) => declared.some(({ name }) => name === issuer.name)
  const all = ports.trustedIssuers.all()
  const uses = ports.trustedIssuers.uses()
  const steps: Step[] = []
  for (const issuer of all.filter((one) => !isDeclared(one))) {
    const clientIds = (uses.get(issuer.id) ?? []).map(({ clientId }) => clientId)
    if (clientIds.length > 0) {
      return refuse({ index: undefined, problem: { reason: 'issuer_in_use', clientIds, name: issuer.name } })
    }
    steps.push(deletion(by, issuer))
  }
  let issuers: readonly TrustedIssuer[] = all.filter(isDeclared)
  for (const [index, entry] of declared.entries()) {
    const planned = planIssuer(ports, by, { entry, index, issuers })
    if (!planned.ok) return refuse({ index, problem: planned.refusal })
    steps.push(...planned.value.steps)
    ;({ issuers } = planned.value)
  }
  return accept({ steps, issuers })
}

const deletion = (by: Actor, issuer: TrustedIssuer): Step => ({
  place: { list: 'issuers', index: undefined },
  target: issuerTarget(issuer),
  action: 'delete',
  before: auditedIssuer(issuer),
  after: {},
  acts: [
    {
      kind: 'delete_issuer',
      order: { id: issuer.id, version: issuer.version },
      audit: issuerDeleted(by, issuer),
    },
  ],
})

interface IssuerEntry {
  readonly entry: DeclaredIssuer
  readonly index: number
  /** The issuers after the steps of the earlier entries. */
  readonly issuers: readonly TrustedIssuer[]
}

function planIssuer(
  ports: TrustedIssuerPorts,
  by: Actor,
  { entry, index, issuers }: IssuerEntry,
): Result<IssuersPlan, IssuerPlanRefusal> {
  const { name, settings, given } = entry
  const place = { list: 'issuers', index } as const
  const known = issuers.find((issuer) => issuer.name === name)
  if (known !== undefined && known.url !== settings.url) return refuse({ reason: 'url_fixed' })
  if (known !== undefined && known.platform !== settings.platform) return refuse({ reason: 'platform_fixed' })
  const fault = settingsFault(ports, known, { ...settings, ...known, ...given })
  if (fault !== undefined) return refuse({ reason: fault })
  if (known === undefined) {
    const issuer = newTrustedIssuer(ports, settings)
    const added = addIssuer(issuers, issuer)
    if (!added.ok) return added
    const audit = issuerCreated(by, issuer)
    const acts = [{ kind: 'create_issuer', issuer, audit }] as const
    const step: Step = { place, target: audit.target, action: 'create', before: {}, after: audit.after, acts }
    return accept({ steps: [step], issuers: added.value })
  }
  const change = { id: known.id, version: known.version, settings: given, now: ports.clock.now() }
  const changed = changeIssuer(issuers, change)
  if (!changed.ok) throw new Error(`a change of a known issuer was refused: ${changed.refusal.reason}`)
  const { before, after } = changed.value
  const target = issuerTarget(known)
  if (after === before) {
    return accept({ steps: [{ place, target, action: 'keep', before: {}, after: {}, acts: [] }], issuers })
  }
  const acts = [{ kind: 'change_issuer', change, audit: issuerChanged(by) }] as const
  const step: Step = { place, target, action: 'update', ...differences(before, after), acts }
  return accept({ steps: [step], issuers: changed.value.issuers })
}

/**
 * Returns the members that differ. Adds the key IDs if only the content of an inline key differs, because the audited
 * members contain only the IDs of inline keys.
 */
function differences(before: TrustedIssuer, after: TrustedIssuer) {
  const [was, is] = [auditedIssuer(before), auditedIssuer(after)]
  const members = changedMembers(was, is)
  if (JSON.stringify(before.keys) === JSON.stringify(after.keys)) return members
  return {
    before: { ...members.before, keys: was['keys'] ?? null },
    after: { ...members.after, keys: is['keys'] ?? null },
  }
}
