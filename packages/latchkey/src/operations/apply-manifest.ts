// Applies one chunk of a manifest in one commit, or refuses the whole chunk. Deletes only trusted issuers, because only
// their list is complete in a manifest.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { TrustedIssuerPorts } from './trusted-issuers.ts'
import { type IssuerPlanRefusal, planIssuers } from './plan-issuers.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { IntegrationSummary } from '../ports/integrations.ts'
import type { Manifests } from '../ports/manifests.ts'
import type { ApiFieldRefusal } from './api-request.ts'
import type { CreateIntegrationPorts } from './create-integration.ts'
import type { Manifest, ManifestPlace, Step } from './manifest.ts'
import { planApi, type PlanCatalogPorts, planScope, type ScopePlanRefusal } from './plan-catalog.ts'
import { isScopeName } from './scope-request.ts'
import { type IntegrationPlanRefusal, planIntegration } from './plan-integration.ts'

export interface ApplyManifestPorts extends CreateIntegrationPorts, PlanCatalogPorts, TrustedIssuerPorts {
  readonly manifests: Manifests
}

export interface ApplyRequest {
  readonly declared: Manifest
  readonly mode: 'apply' | 'plan'
}

/** A manifest, and the stored integrations that match its entries. */
interface Comparison extends Manifest {
  readonly matching: readonly IntegrationSummary[]
}

/** The largest number of entries in one request. A larger commit would delay token requests. */
export const MOST_DECLARED = 100

/** A problem, with the place of the entry at which the server found it. */
export type ApplyRefusal =
  | { readonly of: 'issuer'; readonly place: ManifestPlace; readonly problem: IssuerPlanRefusal }
  | { readonly of: 'scope'; readonly place: ManifestPlace; readonly problem: ScopePlanRefusal }
  | { readonly of: 'api'; readonly place: ManifestPlace; readonly problem: ApiFieldRefusal }
  | { readonly of: 'integration'; readonly place: ManifestPlace; readonly problem: IntegrationPlanRefusal }
  /** `changed_meanwhile`: another caller changed the record of the entry between the comparison and the commit. */
  | {
      readonly of: 'declaration'
      readonly place: ManifestPlace
      readonly problem: { readonly reason: 'declared_twice' | 'changed_meanwhile' } | LimitReached
    }

/**
 * Returns one step for each deleted issuer and for each entry, in the order issuers, scopes, APIs, integrations. In the
 * mode `plan`, changes nothing and returns the steps that the mode `apply` would take. Throws `StoreUnavailable`.
 */
export async function applyManifest(
  ports: ApplyManifestPorts,
  by: Actor,
  request: ApplyRequest,
): Promise<Result<readonly Step[], ApplyRefusal>> {
  const { declared, mode } = request
  const twice = declaredTwice(declared)
  if (twice !== undefined) return refuse({ of: 'declaration', place: twice, problem: { reason: 'declared_twice' } })
  // Manifests are applied one after the other. The names of integrations are not unique, so two equal manifests that
  // run at the same time could create an integration twice.
  const act = () => compareAndAct(ports, by, request)
  return mode === 'apply' ? ports.manifests.inTurn(act) : act()
}

async function compareAndAct(
  ports: ApplyManifestPorts,
  by: Actor,
  { declared, mode }: ApplyRequest,
): Promise<Result<readonly Step[], ApplyRefusal>> {
  const names = declared.integrations.filter(({ clientId }) => clientId === undefined).map(({ name }) => name)
  const clientIds = declared.integrations.flatMap(({ clientId }) => (clientId === undefined ? [] : [clientId]))
  const matching = names.length + clientIds.length === 0 ? [] : await ports.manifests.matching(names, clientIds)
  const namesIssuers = declared.integrations.some(({ trust }) => trust !== undefined)
  if (namesIssuers || declared.issuers !== undefined) await ports.trustedIssuers.refreshed()
  const steps = planAll(ports, by, { ...declared, matching })
  if (!steps.ok) return steps
  const one = sameIntegration(steps.value)
  if (one !== undefined) return refuse({ of: 'declaration', place: one, problem: { reason: 'declared_twice' } })
  if (mode === 'plan') return accept(steps.value.map((step) => withoutMadeUp(step, declared)))
  const acts = steps.value.flatMap((step) => step.acts.map((act) => ({ act, place: step.place })))
  // Commits even if the manifest changes nothing: the comparison may be wrong while the outcome of an earlier commit is
  // unknown, and this commit waits for that outcome.
  const done = await ports.manifests.carryOut(acts.map(({ act }) => act))
  if (done.ok) return steps
  const place = acts[done.refusal.index]?.place ?? { list: 'integrations', index: 0 }
  const { refusal } = done.refusal
  if (refusal.reason === 'limit_reached') return refuse({ of: 'declaration', place, problem: refusal })
  return refuse({ of: 'declaration', place, problem: { reason: 'changed_meanwhile' } })
}

function planAll(
  ports: ApplyManifestPorts,
  by: Actor,
  { issuers, scopes, apis, integrations, pendingScopes, pendingIssuers, matching }: Comparison,
): Result<readonly Step[], ApplyRefusal> {
  // Entries may refer to scopes that the same manifest creates.
  const catalog = withScopes(ports, [...scopes.map(({ name }) => name), ...pendingScopes])
  const planned = issuers === undefined ? undefined : planIssuers(ports, by, issuers)
  if (planned?.ok === false) {
    const { index, problem } = planned.refusal
    return refuse({ of: 'issuer', place: { list: 'issuers', index }, problem })
  }
  const trustedIssuers = withIssuers(ports, planned?.value.issuers, pendingIssuers)
  const after = { ...ports, catalog, trustedIssuers }
  const steps: Step[] = [...(planned?.value.steps ?? [])]
  for (const [index, scope] of scopes.entries()) {
    const step = planScope(ports, by, { ...scope, index })
    if (!step.ok) return refuse({ of: 'scope', place: { list: 'scopes', index }, problem: step.refusal })
    steps.push(step.value)
  }
  for (const [index, api] of apis.entries()) {
    const step = planApi(after, by, { ...api, index })
    if (!step.ok) return refuse({ of: 'api', place: { list: 'apis', index }, problem: step.refusal })
    steps.push(step.value)
  }
  for (const [index, integration] of integrations.entries()) {
    const step = planIntegration(after, by, { declared: integration, index, matching })
    if (!step.ok) return refuse({ of: 'integration', place: { list: 'integrations', index }, problem: step.refusal })
    steps.push(step.value)
  }
  return accept(steps)
}

function withScopes({ catalog, defaultAudience }: ApplyManifestPorts, names: readonly string[]): Catalog {
  const added = new Map(
    names
      .filter(isScopeName)
      .map((name) => [
        name as string,
        { name, audience: defaultAudience, hasDefaultAudience: true, description: '', version: 0 },
      ]),
  )
  return { ...catalog, scope: (name) => catalog.scope(name) ?? added.get(name) }
}

/**
 * Adds the issuers that an earlier chunk will create. Their other members are placeholders, because a plan needs only
 * their names and platforms.
 */
function withIssuers(
  { trustedIssuers, clock }: ApplyManifestPorts,
  planned: readonly TrustedIssuer[] | undefined,
  pending: Manifest['pendingIssuers'],
): TrustedIssuers {
  const now = clock.now()
  const known = planned ?? trustedIssuers.all()
  const added = pending
    .filter(({ name }) => !known.some((issuer) => issuer.name === name))
    .map(({ name, platform }): TrustedIssuer => ({
      id: `pending ${name}`,
      name,
      platform,
      url: '',
      keys: { source: 'discovery' },
      algorithms: [],
      audience: undefined,
      tlsCa: undefined,
      staleSeconds: 0,
      enabled: true,
      version: 0,
      createdAt: now,
      updatedAt: now,
    }))
  return { ...trustedIssuers, all: () => [...known, ...added] }
}

/** Removes the generated client ID from a planned creation, because `apply` will generate a different client ID. */
function withoutMadeUp(step: Step, { integrations }: Manifest): Step {
  const { list, index = -1 } = step.place
  const isMadeUp = list === 'integrations' && integrations[index]?.clientId === undefined
  if (step.action !== 'create' || !isMadeUp) return step
  const { place, target, action, before, acts } = step
  const after = Object.fromEntries(Object.entries(step.after).filter(([member]) => member !== 'client_id'))
  return { place, target, action, before, after, acts }
}

/**
 * Returns the place of an entry that means the same integration as an earlier entry, although one entry has the client
 * ID and the other entry has only the name. Undefined if each entry is for a different integration.
 */
function sameIntegration(steps: readonly Step[]): ManifestPlace | undefined {
  const seen = new Set<string>()
  for (const { clientId, place } of steps) {
    if (clientId === undefined) continue
    if (seen.has(clientId)) return place
    seen.add(clientId)
  }
  return undefined
}

/**
 * Returns the place of an entry that has the same name or client ID as an earlier entry of its list. Undefined if all
 * names and client IDs are different.
 */
function declaredTwice({ issuers, scopes, apis, integrations }: Manifest): ManifestPlace | undefined {
  const lists = {
    issuers: (issuers ?? []).map(({ name }) => name),
    scopes: scopes.map(({ name }) => name),
    apis: apis.map(({ name }) => name),
    integrations: integrations.map(({ name, clientId }) => clientId ?? `name ${name}`),
  }
  for (const list of ['issuers', 'scopes', 'apis', 'integrations'] as const) {
    const seen = new Set<string>()
    const index = lists[list].findIndex((name) => seen.size === seen.add(name).size)
    if (index >= 0) return { list, index }
  }
  return undefined
}
