// The refusals about scopes and APIs, as problems.
import type { ApiExists, ApiUnknown } from '../../../domain/api-change.ts'
import type { VersionConflict } from '../../../domain/at-version.ts'
import type { ScopeUnknown } from '../../../domain/catalog.ts'
import type { LimitReached } from '../../../domain/limit-reached.ts'
import type { ScopeInUse } from '../../../domain/scope-change.ts'
import type { ApiFieldRefusal } from '../../../operations/api-request.ts'
import type { CreateScopeRefusal } from '../../../operations/create-scope.ts'
import { staleVersion } from '../conventions/preconditions.ts'
import { DESCRIPTION_RULE, NAME_RULE } from '../conventions/text-rules.ts'
import { notFound, type Problem, unusableMember } from '../problems/problem.ts'

type SharedRefusal =
  { readonly reason: 'name_unusable' } | { readonly reason: 'description_unusable' } | LimitReached | VersionConflict
type ScopeRefusal = CreateScopeRefusal | ScopeUnknown | ScopeInUse | VersionConflict
type ApiRefusal = ApiFieldRefusal | ApiUnknown | ApiExists | LimitReached | VersionConflict

export function scopeProblem(refusal: ScopeRefusal): Problem {
  switch (refusal.reason) {
    case 'scope_name_unusable':
      return unusableMember(
        '/name',
        'must be 1 to 128 characters of ASCII without space, quotation mark and backslash, and not . or ..',
      )
    case 'audience_unusable':
      return unusableMember(
        '/audience',
        'must be 1 to 255 characters of ASCII without space, quotation mark and backslash',
      )
    case 'scope_exists':
      return {
        code: 'scope_exists',
        detail: 'A scope of this name exists already. Names are compared in the exact spelling.',
      }
    case 'unknown_scope':
      return notFound(
        'no_such_scope',
        'No scope has this name. Names are compared as they are spelled; the list shows them.',
      )
    case 'scope_in_use':
      return {
        code: 'scope_in_use',
        detail:
          'The member in_use lists what a deletion would end. To end these uses and delete the scope, send the request with ?force=true.',
        extension: {
          in_use: { integrations: refusal.uses.integrations, live_tokens: refusal.uses.liveTokens, apis: refusal.apis },
        },
      }
    default:
      return sharedProblem(refusal)
  }
}

export function apiProblem(refusal: ApiRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown_scope':
      return unknownScopeProblem(refusal.scope, refusal.known, '/scope')
    case 'route_unusable':
      return unusableMember(
        `/routes/${String(refusal.index)}`,
        'must be a path such as /ai/models/{model}/**: a slash before each segment, a segment being URL characters without %, or {name}, or ** at the end; no . or .., no name twice',
      )
    case 'api_exists':
      return { code: 'api_exists', detail: 'An API of this name exists already.' }
    case 'unknown_api':
      return notFound('unknown_api', 'No API has this id. Ids begin with api_; the list shows them.')
    default:
      return sharedProblem(refusal)
  }
}

function sharedProblem(refusal: SharedRefusal): Problem {
  switch (refusal.reason) {
    case 'name_unusable':
      return unusableMember('/name', NAME_RULE)
    case 'description_unusable':
      return unusableMember('/description', DESCRIPTION_RULE)
    case 'version_conflict':
      return staleVersion(refusal.version)
    case 'limit_reached':
      return { code: 'limit_reached', detail: `The limit is ${String(refusal.most)}. Delete what is not used.` }
  }
}

/** Makes the problem for a body that names a scope which does not exist. `pointer` leads to that name. */
export function unknownScopeProblem(scope: string, known: readonly string[], pointer: string): Problem {
  const more = known.length - MOST_NAMED
  const names = [...known.slice(0, MOST_NAMED), ...(more > 0 ? [`${String(more)} more`] : [])]
  const existing = names.length === 0 ? 'It has none yet.' : `Its scopes are ${names.join(', ')}.`
  return {
    code: 'unknown_scope',
    detail: `${JSON.stringify(scope)} is not a scope of this server. ${existing}`,
    errors: [{ pointer, detail: 'is not a scope of this server' }],
  }
}

/** The largest number of names in a problem. The list of scopes has all names. */
const MOST_NAMED = 20
