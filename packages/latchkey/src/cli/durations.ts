// Durations and times on the command line: `90`, `15m`, `7d`, `2027-01-01T00:00:00Z`.
import { InvalidArgumentError } from 'commander'

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** Returns the duration in seconds. Undefined if the text is not a whole number with an optional unit. */
export function parseDuration(text: string): number | undefined {
  const [, count = '', unit = 's'] = /^([0-9]{1,9})([smhdw]?)$/.exec(text) ?? []
  if (count === '') return undefined
  return Number(count) * UNITS[(unit === '' ? 's' : unit) as keyof typeof UNITS]
}

/** Parses a duration option. Returns seconds. Throws `InvalidArgumentError` for any other text. */
export function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds !== undefined) return seconds
  throw new InvalidArgumentError('It must be a number with a unit, such as 90s, 15m, 24h or 7d.')
}

/** Parses a duration option. Returns seconds, and 0 for `now`. Throws `InvalidArgumentError` for any other text. */
export const durationOrNow = (text: string): number => (text === 'now' ? 0 : duration(text))

/** Parses a time, or a duration from now, into RFC 3339 in UTC. Throws `InvalidArgumentError` for any other text. */
export function pointOfTime(text: string): string {
  const seconds = spanWithUnit(text)
  const milliseconds = seconds === undefined ? absolute(text) : Date.now() + seconds * 1000
  if (milliseconds !== undefined && milliseconds <= LAST_MILLISECOND) return rfc3339(milliseconds / 1000)
  throw new InvalidArgumentError('It must be a time such as 2027-01-01T00:00:00Z, or a duration from now such as 90d.')
}

/**
 * Parses a time, or a duration back from now, into RFC 3339 in UTC. Throws `InvalidArgumentError` for any other text.
 */
export function timeAgo(text: string): string {
  const seconds = spanWithUnit(text)
  const milliseconds = seconds === undefined ? absolute(text) : Date.now() - seconds * 1000
  if (milliseconds !== undefined && milliseconds >= 0) return rfc3339(milliseconds / 1000)
  throw new InvalidArgumentError('It must be a time such as 2027-01-01T00:00:00Z, or how long ago, such as 24h.')
}

// A number without a unit is refused, because it could mean a year.
const spanWithUnit = (text: string): number | undefined => (/[a-z]$/.test(text) ? parseDuration(text) : undefined)

// A year of RFC 3339 has four digits.
const LAST_MILLISECOND = Date.UTC(9999, 11, 31)

function absolute(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

/** Formats a time in RFC 3339, UTC, to the second. */
export const rfc3339 = (epochSeconds: number): string =>
  new Date(Math.floor(epochSeconds) * 1000).toISOString().replace('.000Z', 'Z')

/** Formats a duration in its two largest units: `59m 12s`, `6d 23h`. */
export function spoken(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = (
    [
      ['d', Math.floor(whole / UNITS.d)],
      ['h', Math.floor((whole % UNITS.d) / UNITS.h)],
      ['m', Math.floor((whole % UNITS.h) / UNITS.m)],
      ['s', whole % UNITS.m],
    ] as const
  ).map(([unit, count]) => ({ unit, count }))
  const first = parts.findIndex(({ count }) => count > 0)
  if (first < 0) return '0s'
  return parts
    .slice(first, first + 2)
    .filter(({ count }, index) => index === 0 || count > 0)
    .map(({ unit, count }) => `${String(count)}${unit}`)
    .join(' ')
}
