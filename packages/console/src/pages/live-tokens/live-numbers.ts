// The numbers and the search of the page of live tokens.
import type { ServerInterval } from 'latchkey/admin-api'
import { type CountedSlot, liveTokens } from '../../api/counted-slot.ts'

const SOON_MS = 60_000

/** Counts the slots with a live token, and the live tokens that expire within a minute. */
export function liveNumbers(
  slots: readonly CountedSlot[],
  now: number,
): { readonly live: number; readonly ending: number } {
  const live = liveTokens(slots, now)
  return { live: live.length, ending: live.filter(({ endsAtMs }) => endsAtMs - now < SOON_MS).length }
}

/** Returns the last complete minute. Undefined if no minute was measured from its start. */
export function lastWholeMinute(minutes: readonly ServerInterval[], since: string): ServerInterval | undefined {
  const minute = minutes.at(-2)
  return minute !== undefined && Date.parse(minute.at) >= Date.parse(since) ? minute : undefined
}

/** True if the name, the client ID or the scope contains the text, in upper or lower case. */
export function matchesFilter(filter: string, slot: CountedSlot): boolean {
  const sought = filter.trim().toLowerCase()
  return [slot.integration_name, slot.client_id, slot.scope].some((text) => text.toLowerCase().includes(sought))
}
