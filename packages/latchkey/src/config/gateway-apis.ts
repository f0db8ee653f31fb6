// Reads the APIs in the configuration file of a gateway: names, scopes, routes and upstreams. Reports all problems at
// once.
import { parseScope, type Scope } from '@latchkey/protocol'
import { REFERENCE_APIS } from '../domain/reference-catalog.ts'
import { isRoutePattern, LONGEST_ROUTE, MOST_ROUTES } from '../domain/route-pattern.ts'
import { hasUnseen } from '../domain/unseen.ts'
import type { ConfigProblem } from './config-problem.ts'
import type { GatewayApi } from './gateway-config.ts'
import { webOrigin } from './setting-kinds.ts'

export interface GatewayApisRead {
  readonly apis: readonly GatewayApi[]
  readonly problems: readonly ConfigProblem[]
}

const MEMBERS = ['name', 'scope', 'routes', 'upstream']

/** @param declared the value of `apis` in the file. Undefined and null mean the five reference APIs */
export function readGatewayApis(declared: unknown, defaultUpstream: string | undefined): GatewayApisRead {
  if (declared === undefined || declared === null) {
    if (defaultUpstream === undefined) return { apis: [], problems: [noUpstream('upstream')] }
    return { apis: REFERENCE_APIS.map((api) => ({ ...api, upstream: defaultUpstream })), problems: [] }
  }
  if (!Array.isArray(declared) || declared.length === 0) {
    const cure = 'List APIs, each with name, scope and routes; or remove it for the five reference APIs.'
    return { apis: [], problems: [{ setting: 'apis', problem: 'must be a list of one API or more', cure }] }
  }
  const read = declared.map((entry: unknown, index) => readApi(entry, `apis[${String(index)}]`, defaultUpstream))
  const apis = read.flatMap(({ api }) => (api === undefined ? [] : [api]))
  return { apis, problems: [...read.flatMap(({ problems }) => problems), ...repeated(apis)] }
}

interface ApiRead {
  readonly api: GatewayApi | undefined
  readonly problems: readonly ConfigProblem[]
}

function readApi(entry: unknown, place: string, defaultUpstream: string | undefined): ApiRead {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const cure = 'Give it name, scope and routes.'
    return { api: undefined, problems: [{ setting: place, problem: 'must be a mapping', cure }] }
  }
  const { name, scope, routes, upstream = defaultUpstream, ...others } = entry as Readonly<Record<string, unknown>>
  const origin = typeof upstream === 'string' ? webOrigin.parse(upstream) : undefined
  const problems = [
    ...Object.keys(others).map((key) => ({
      setting: `${place}.${key}`,
      problem: 'is not a setting',
      cure: `An API has ${MEMBERS.join(', ')}.`,
    })),
    ...problem(isName(name), {
      setting: `${place}.name`,
      problem: 'must be 1 to 64 visible characters',
      cure: 'Give the API a name.',
    }),
    ...problem(isScope(scope), {
      setting: `${place}.scope`,
      problem: 'must be one scope',
      cure: 'Give the scope that this API requires.',
    }),
    ...routeProblems(routes, `${place}.routes`),
    ...(upstream === undefined
      ? [noUpstream(`${place}.upstream`)]
      : problem(origin !== undefined, {
          setting: `${place}.upstream`,
          problem: `must be ${webOrigin.expects}`,
          cure: 'Correct the URL of the upstream.',
        })),
  ]
  if (problems.length > 0 || origin === undefined) return { api: undefined, problems }
  return {
    api: { name: name as string, scope: scope as Scope, routes: routes as readonly string[], upstream: origin },
    problems,
  }
}

const isName = (name: unknown): boolean => typeof name === 'string' && /^.{1,64}$/u.test(name) && !hasUnseen(name)

const isScope = (scope: unknown): boolean =>
  typeof scope === 'string' && !['missing', 'several', 'malformed'].includes(parseScope(scope))

function routeProblems(routes: unknown, place: string): readonly ConfigProblem[] {
  const cure = `A route is /segments with {name} for any one and /** at the end for the rest, up to ${String(LONGEST_ROUTE)} characters.`
  if (!Array.isArray(routes) || routes.length === 0 || routes.length > MOST_ROUTES) {
    return [{ setting: place, problem: `must be a list of 1 to ${String(MOST_ROUTES)} routes`, cure }]
  }
  return routes.flatMap((route: unknown, index) =>
    problem(typeof route === 'string' && isRoutePattern(route), {
      setting: `${place}[${String(index)}]`,
      problem: 'is not a route',
      cure,
    }),
  )
}

/**
 * Returns a problem for each route that two APIs have, because only the first API would get its requests. Routes that
 * differ only in the names of their placeholders count as the same route.
 */
function repeated(apis: readonly GatewayApi[]): readonly ConfigProblem[] {
  const owners = new Map<string, string>()
  return apis.flatMap(({ name, routes }) =>
    routes.flatMap((route) => {
      const shape = route.replace(/\{\w+\}/g, '{}').toLowerCase()
      const owner = owners.get(shape)
      owners.set(shape, name)
      const cure = 'Keep one of them.'
      return owner === undefined ? [] : [{ setting: 'apis', problem: `give ${route} to ${owner} and to ${name}`, cure }]
    }),
  )
}

const noUpstream = (setting: string): ConfigProblem => ({
  setting,
  problem: 'is not set',
  cure: 'Set upstream to the http or https URL of the APIs.',
})

const problem = (holds: boolean, unless: ConfigProblem): readonly ConfigProblem[] => (holds ? [] : [unless])
