// Days of the calendar in UTC, in the form that the addresses of pages use: 2026-01-31.

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

/**
 * True if the text is a day that exists. Checks the number of the day, because JavaScript accepts 31 February. Refuses
 * the last day of the year 9999, because no day of that form follows it.
 */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !DAY.test(value)) return false
  const start = Date.parse(value)
  return !Number.isNaN(start) && dayOf(start) === value && DAY.test(dayAfter(value))
}

export const dayAfter = (day: string): string => dayOf(Date.parse(day) + DAY_MS)

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/T.*/, '')
