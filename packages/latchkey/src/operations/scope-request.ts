// Checks the members that an operator requests for a scope: its name, audience and description.
import { accept, isScope, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isDescription } from '../domain/integration-profile.ts'

export interface ScopeFields {
  /** The requested audience. Null means the server's default audience. Undefined leaves the audience unchanged. */
  readonly audience: string | null | undefined
  readonly description: string | undefined
}

export type ScopeFieldRefusal = { readonly reason: 'audience_unusable' } | { readonly reason: 'description_unusable' }

export function checkScopeFields({ audience, description }: ScopeFields): Result<void, ScopeFieldRefusal> {
  if (typeof audience === 'string' && !isAudience(audience)) return refuse({ reason: 'audience_unusable' })
  if (description !== undefined && !isDescription(description)) return refuse({ reason: 'description_unusable' })
  return accept(undefined)
}

export const isScopeName = (name: string): name is Scope => isScope(name) && !NO_PATHS.includes(name)

// URL normalization removes the segments `.` and `..` (RFC 3986 §5.2.4), so the admin API could not address scopes with
// these names.
const NO_PATHS: readonly string[] = ['.', '..']

// The characters that an audience may contain, also in LATCHKEY_AUDIENCE. Characters that JSON or a quoted header value
// must escape are excluded.
const AUDIENCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/

const isAudience = (text: string): boolean => AUDIENCE.test(text)
