// The form fields of a scope and of an API, and the request bodies made of them.
import type { Api, NewApi, NewScope, Scope, ScopePatch } from 'latchkey/admin-api'

// RFC 6749 §3.3, and the length that the server accepts.
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/

export const isScopeName = (name: string): boolean => SCOPE.test(name)

/** Returns the audience of a scope. Empty if the scope uses the default audience of the server. */
export const audienceOf = (scope: Pick<Scope, 'audience' | 'audience_is_default'> | undefined): string =>
  scope === undefined || scope.audience_is_default ? '' : scope.audience

export interface ScopeFields {
  readonly name: string
  readonly description: string
  readonly audience: string
}

const audienceIn = ({ audience }: ScopeFields): string | null => (audience.trim() === '' ? null : audience.trim())

export const newScopeOf = (fields: ScopeFields): NewScope => ({
  name: fields.name,
  description: fields.description,
  audience: audienceIn(fields),
})

export const isNewAudience = (base: Scope, fields: ScopeFields): boolean => fields.audience.trim() !== audienceOf(base)

/** Returns the changes to a scope. Contains the audience only if it is new, because a new audience ends live tokens. */
export const scopePatchOf = (base: Scope, fields: ScopeFields): ScopePatch => ({
  description: fields.description,
  ...(isNewAudience(base, fields) && { audience: audienceIn(fields) }),
})

export interface ApiFields {
  readonly name: string
  readonly scope: string
  readonly description: string
  /** One path pattern per line. */
  readonly routes: string
}

export const EMPTY_API: ApiFields = { name: '', scope: '', description: '', routes: '' }

export const apiFieldsOf = ({ name, scope, description, routes }: Api): ApiFields => ({
  name,
  scope,
  description,
  routes: routes.join('\n'),
})

export const newApiOf = ({ name, scope, description, routes }: ApiFields): NewApi => ({
  name: name.trim(),
  scope,
  description,
  routes: routes
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
})
