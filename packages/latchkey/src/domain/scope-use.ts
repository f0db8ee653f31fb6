// Counts the uses of each scope. Operators see the counts in the list of scopes and before they delete a scope.
import type { IntegrationState } from './integration.ts'
import type { EpochSeconds } from './slot.ts'

export interface ScopeUse {
  /** The number of integrations that may request the scope or have the resource-server right for it. */
  readonly integrations: number
  readonly liveTokens: number
}

export const UNUSED: ScopeUse = { integrations: 0, liveTokens: 0 }

/** Returns the uses by scope name. An unused scope has no entry. */
export function scopeUses(states: Iterable<IntegrationState>, now: EpochSeconds): ReadonlyMap<string, ScopeUse> {
  const uses = new Map<string, { integrations: number; liveTokens: number }>()
  const useOf = (scope: string) => {
    const known = uses.get(scope)
    if (known !== undefined) return known
    const made = { ...UNUSED }
    uses.set(scope, made)
    return made
  }
  for (const { integration, slots } of states) {
    for (const { scope, granted, live } of slots) {
      if (granted) useOf(scope).integrations++
      if (live !== undefined && now < live.expiresAt) useOf(scope).liveTokens++
    }
    for (const scope of integration.resourceServerFor) {
      if (!slots.some((slot) => slot.scope === scope && slot.granted)) useOf(scope).integrations++
    }
  }
  return uses
}
