// The documents of scopes and APIs in the admin API.
import { Type } from 'typebox'
import type { ApiRecord } from '../../../domain/catalog.ts'
import { LONGEST_ROUTE, MOST_ROUTES } from '../../../domain/route-pattern.ts'
import type { ScopeSummary } from '../../../operations/list-scopes.ts'
import { closed } from '../conventions/bodies.ts'
import { listOf } from '../conventions/paging.ts'

const Description = Type.String({ maxLength: 500 })
const ScopeName = Type.String({ minLength: 1, maxLength: 128, description: 'One scope-token of RFC 6749 §3.3' })
const Audience = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  minLength: 1,
  maxLength: 255,
  description: "The aud of the scope's tokens. null: the audience of the server (LATCHKEY_AUDIENCE)",
})

export const NewScopeBody = Type.Object(
  { name: ScopeName, description: Type.Optional(Description), audience: Type.Optional(Audience) },
  closed,
)
export const ScopePatch = Type.Object(
  { description: Type.Optional(Description), audience: Type.Optional(Audience) },
  closed,
)

export const ScopeView = Type.Object({
  name: Type.String(),
  audience: Type.String(),
  audience_is_default: Type.Boolean({ description: 'Whether the scope uses the audience of the server' }),
  description: Type.String(),
  version: Type.Integer(),
  integrations: Type.Integer({
    description: 'The number of integrations that may request the scope or have the resource-server right for it',
  }),
  live_tokens: Type.Integer(),
  apis: Type.Array(Type.String(), { description: 'The names of the APIs that require the scope' }),
})
export const ChangedScopeView = Type.Object({
  ...ScopeView.properties,
  ended_tokens: Type.Integer({ description: 'The number of live tokens that ended because the audience changed' }),
})
export const ScopeListView = listOf(ScopeView)

export const scopeView = (scope: ScopeSummary): Type.Static<typeof ScopeView> => ({
  name: scope.name,
  audience: scope.audience,
  audience_is_default: scope.hasDefaultAudience,
  description: scope.description,
  version: scope.version,
  integrations: scope.integrations,
  live_tokens: scope.liveTokens,
  apis: [...scope.apis],
})

const ApiName = Type.String({ minLength: 1, maxLength: 120 })
const Routes = Type.Array(Type.String({ minLength: 1, maxLength: LONGEST_ROUTE }), {
  maxItems: MOST_ROUTES,
  uniqueItems: true,
  description: 'Path patterns such as /ai/models/{model}/**',
})

export const NewApiBody = Type.Object(
  { name: ApiName, scope: ScopeName, description: Type.Optional(Description), routes: Type.Optional(Routes) },
  closed,
)
export const ApiPatch = Type.Partial(NewApiBody, closed)

export const ApiView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scope: Type.String(),
  description: Type.String(),
  routes: Type.Array(Type.String()),
  version: Type.Integer(),
})
export const ApiListView = listOf(ApiView)

export const apiView = ({ id, name, scope, description, routes, version }: ApiRecord): Type.Static<typeof ApiView> => ({
  id,
  name,
  scope,
  description,
  routes: [...routes],
  version,
})
