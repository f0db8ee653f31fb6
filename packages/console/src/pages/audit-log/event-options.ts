// The events that the filter of the audit log offers.
import type { RefusalEventName } from 'latchkey/admin-api'
import { EVENT_LABELS } from '../../strings/audit-events.ts'

export interface EventOption {
  readonly value: string
  readonly label: string
}

const REFUSALS: Readonly<Record<RefusalEventName, true>> = { 'client.refused': true, 'operator.sign_in_failed': true }
const EVENTS: readonly EventOption[] = Object.entries(EVENT_LABELS)
  .map(([value, label]) => ({ value, label }))
  .toSorted((one, other) => one.label.localeCompare(other.label, 'en'))

/** Returns the changes or the refusals by their labels. An unknown event that is chosen has its name as the label. */
export function eventOptions(kind: 'refusals' | undefined, chosen: string | undefined): readonly EventOption[] {
  const options = EVENTS.filter(({ value }) => Object.hasOwn(REFUSALS, value) === (kind === 'refusals'))
  if (chosen === undefined || options.some(({ value }) => value === chosen)) return options
  return [{ value: chosen, label: EVENTS.find(({ value }) => value === chosen)?.label ?? chosen }, ...options]
}

/** Finds an event by words of its label, or by a part of its name in the admin API. */
export function findEvents(options: readonly EventOption[], text: string): readonly EventOption[] {
  const words = text.toLowerCase().trim().split(/\s+/)
  return options.filter(({ value, label }) => words.every((word) => `${label} ${value}`.toLowerCase().includes(word)))
}
