// What an operator asks a scope to be, checked: a scope-token that a path can name, an audience that a token can carry.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isAudience } from '../domain/audience.ts'
import { isDescription } from '../domain/integration-profile.ts'

export interface ScopeFields {
  /** Null: the server's audience. Undefined: as it is. */
  readonly audience: string | null | undefined
  readonly description: string | undefined
}

export type ScopeFieldRefusal = { readonly reason: 'audience_unusable' } | { readonly reason: 'description_unusable' }

export function checkScopeFields({ audience, description }: ScopeFields): Result<void, ScopeFieldRefusal> {
  if (typeof audience === 'string' && !isAudience(audience)) return refuse({ reason: 'audience_unusable' })
  if (description !== undefined && !isDescription(description)) return refuse({ reason: 'description_unusable' })
  return accept(undefined)
}
