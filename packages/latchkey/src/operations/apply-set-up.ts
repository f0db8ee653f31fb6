// Brings the server to a declared set-up: one chunk of it, all in one commit or nothing. Nothing is ever deleted.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { IntegrationSummary } from '../ports/integrations.ts'
import type { SetUp } from '../ports/set-up.ts'
import type { ApiFieldRefusal } from './api-request.ts'
import type { CreateIntegrationPorts } from './create-integration.ts'
import type { DeclaredSetUp, SetUpPlace, Step } from './declared-set-up.ts'
import { planApi, type PlanCatalogPorts, planScope, type ScopePlanRefusal } from './plan-catalog.ts'
import { isScopeName } from './scope-request.ts'
import { type IntegrationPlanRefusal, planIntegration } from './plan-integration.ts'

export interface ApplySetUpPorts extends CreateIntegrationPorts, PlanCatalogPorts {
  readonly setUp: SetUp
}

/** More would hold up the token requests that wait for the same disk. */
export const MOST_DECLARED = 100

/** What is wrong with one entry, or with the declaration as a whole at that entry. */
export type ApplyRefusal =
  | { readonly of: 'scope'; readonly place: SetUpPlace; readonly problem: ScopePlanRefusal }
  | { readonly of: 'api'; readonly place: SetUpPlace; readonly problem: ApiFieldRefusal }
  | { readonly of: 'integration'; readonly place: SetUpPlace; readonly problem: IntegrationPlanRefusal }
  /** `changed_meanwhile`: by somebody else, between the look and the commit. */
  | {
      readonly of: 'declaration'
      readonly place: SetUpPlace
      readonly problem: { readonly reason: 'declared_twice' | 'changed_meanwhile' } | LimitReached
    }

/**
 * What was done about each entry, in the order of the declaration: scopes, APIs, integrations. With `plan` nothing is
 * done, and the answer says what would be. Throws `StoreUnavailable`.
 */
export async function applySetUp(
  ports: ApplySetUpPorts,
  by: Actor,
  declared: DeclaredSetUp,
  mode: 'apply' | 'plan',
): Promise<Result<readonly Step[], ApplyRefusal>> {
  const twice = declaredTwice(declared)
  if (twice !== undefined) return refuse({ of: 'declaration', place: twice, problem: { reason: 'declared_twice' } })
  // Two that declare the same, at the same time, are not to make it twice: names of integrations are not unique.
  const act = () => compareAndAct(ports, by, declared, mode)
  return mode === 'apply' ? ports.setUp.inTurn(act) : act()
}

async function compareAndAct(
  ports: ApplySetUpPorts,
  by: Actor,
  declared: DeclaredSetUp,
  mode: 'apply' | 'plan',
): Promise<Result<readonly Step[], ApplyRefusal>> {
  const names = declared.integrations.filter(({ clientId }) => clientId === undefined).map(({ name }) => name)
  const clientIds = declared.integrations.flatMap(({ clientId }) => (clientId === undefined ? [] : [clientId]))
  const matching = names.length + clientIds.length === 0 ? [] : await ports.setUp.matching(names, clientIds)
  const steps = planAll(ports, by, declared, matching)
  if (!steps.ok) return steps
  const one = sameIntegration(steps.value)
  if (one !== undefined) return refuse({ of: 'declaration', place: one, problem: { reason: 'declared_twice' } })
  if (mode === 'plan') return accept(steps.value.map((step) => withoutMadeUp(step, declared)))
  const acts = steps.value.flatMap((step) => step.acts.map((act) => ({ act, place: step.place })))
  // Also with nothing to do: while a commit is in doubt, nobody knows whether it is as declared.
  const done = await ports.setUp.carryOut(acts.map(({ act }) => act))
  if (done.ok) return steps
  const place = acts[done.refusal.index]?.place ?? { list: 'integrations', index: 0 }
  const { refusal } = done.refusal
  if (refusal.reason === 'limit_reached') return refuse({ of: 'declaration', place, problem: refusal })
  return refuse({ of: 'declaration', place, problem: { reason: 'changed_meanwhile' } })
}

function planAll(
  ports: ApplySetUpPorts,
  by: Actor,
  { scopes, apis, integrations, pendingScopes }: DeclaredSetUp,
  matching: readonly IntegrationSummary[],
): Result<readonly Step[], ApplyRefusal> {
  // What this declaration makes can be referred to in it.
  const catalog = withScopes(ports, [...scopes.map(({ name }) => name), ...pendingScopes])
  const after = { ...ports, catalog }
  const steps: Step[] = []
  for (const [index, scope] of scopes.entries()) {
    const step = planScope(ports, by, scope, index)
    if (!step.ok) return refuse({ of: 'scope', place: { list: 'scopes', index }, problem: step.refusal })
    steps.push(step.value)
  }
  for (const [index, api] of apis.entries()) {
    const step = planApi(after, by, api, index)
    if (!step.ok) return refuse({ of: 'api', place: { list: 'apis', index }, problem: step.refusal })
    steps.push(step.value)
  }
  for (const [index, integration] of integrations.entries()) {
    const step = planIntegration(after, by, integration, index, matching)
    if (!step.ok) return refuse({ of: 'integration', place: { list: 'integrations', index }, problem: step.refusal })
    steps.push(step.value)
  }
  return accept(steps)
}

function withScopes({ catalog, defaultAudience }: ApplySetUpPorts, names: readonly string[]): Catalog {
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

/** A plan does not tell the client ID that was made for it: the one that is made at last is another. */
function withoutMadeUp(step: Step, { integrations }: DeclaredSetUp): Step {
  const isMadeUp = step.place.list === 'integrations' && integrations[step.place.index]?.clientId === undefined
  if (step.action !== 'create' || !isMadeUp) return step
  const { place, target, action, before, acts } = step
  const after = Object.fromEntries(Object.entries(step.after).filter(([member]) => member !== 'client_id'))
  return { place, target, action, before, after, acts }
}

/** The second of two entries that turn out to be about one integration: by its client ID, and by its name. */
function sameIntegration(steps: readonly Step[]): SetUpPlace | undefined {
  const seen = new Set<string>()
  for (const { clientId, place } of steps) {
    if (clientId === undefined) continue
    if (seen.has(clientId)) return place
    seen.add(clientId)
  }
  return undefined
}

/** The second of two entries that mean the same. */
function declaredTwice({ scopes, apis, integrations }: DeclaredSetUp): SetUpPlace | undefined {
  const lists = {
    scopes: scopes.map(({ name }) => name),
    apis: apis.map(({ name }) => name),
    integrations: integrations.map(({ name, clientId }) => clientId ?? `name ${name}`),
  }
  for (const list of ['scopes', 'apis', 'integrations'] as const) {
    const seen = new Set<string>()
    const index = lists[list].findIndex((name) => seen.size === seen.add(name).size)
    if (index >= 0) return { list, index }
  }
  return undefined
}
