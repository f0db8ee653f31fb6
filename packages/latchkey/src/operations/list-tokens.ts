// Lists live tokens, and the issuance history of a slot (an integration with a scope).
import { accept, isScope, refuse, type Result } from '@latchkey/protocol'
import { slotOf } from '../domain/integration.ts'
import type { Slot } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import type { LiveSlot, RecordedIssuance, SlotViews } from '../ports/slot-views.ts'
import { findIntegration } from './find-integration.ts'

export interface ListTokensPorts {
  readonly integrations: Integrations
  readonly slotViews: SlotViews
  readonly clock: Clock
}

export interface SlotsOfIntegration {
  readonly integration: IntegrationSummary
  readonly slots: readonly Slot[]
}

/** Returns the slots of the scopes that are granted to an integration. Throws `StoreUnavailable`. */
export async function listTokens(
  ports: ListTokensPorts,
  id: string,
): Promise<Result<SlotsOfIntegration, UnknownIntegration>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  return accept({ integration: found.value, slots: found.value.state.slots.filter(({ granted }) => granted) })
}

export type UnknownSlot = { readonly reason: 'unknown_slot' }

export interface SlotHistory {
  readonly integration: IntegrationSummary
  readonly slot: Slot
  readonly issuances: readonly RecordedIssuance[]
}

/**
 * Returns the issuance history of a slot, even if the integration no longer has the scope. Throws `StoreUnavailable`.
 */
export async function tokenHistory(
  ports: ListTokensPorts,
  id: string,
  scope: string,
): Promise<Result<SlotHistory, UnknownIntegration | UnknownSlot>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const slot = slotOf(found.value.state, scope)
  if (slot === undefined || !isScope(scope)) return refuse({ reason: 'unknown_slot' })
  const issuances = await ports.slotViews.history(found.value.state.integration.clientId, scope)
  return accept({ integration: found.value, slot, issuances })
}

/** The last entry of a page of live tokens. The next page begins after it. */
export interface LivePosition {
  readonly expiresAt: number
  readonly slotId: number
}

/** Returns the live tokens of all integrations, ordered by expiry, the earliest first. Throws `StoreUnavailable`. */
export async function listLiveTokens(
  { slotViews, clock }: ListTokensPorts,
  { limit, after }: { readonly limit: number; readonly after: LivePosition | undefined },
): Promise<{ readonly items: readonly LiveSlot[]; readonly next: LivePosition | undefined }> {
  const found = await slotViews.live({ now: clock.now(), limit: limit + 1, after })
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, next: last && { expiresAt: last.token.expiresAt, slotId: last.slotId } }
}
