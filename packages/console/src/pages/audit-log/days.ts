// Days of the calendar, UTC, as addresses name them: 2026-01-31.

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

/** JavaScript accepts the 31st of February. The last day with a year of four digits has no day after it. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !DAY.test(value)) return false
  const start = Date.parse(value)
  return !Number.isNaN(start) && dayOf(start) === value && DAY.test(dayAfter(value))
}

export const dayAfter = (day: string): string => dayOf(Date.parse(day) + DAY_MS)

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/T.*/, '')
