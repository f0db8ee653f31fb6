// Formats times and numbers.

const two = (value: number): string => String(value).padStart(2, '0')

/** `0:53`, `41:12`, `2:03:20`: never more than is left. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
]

/** `3 d`, `23 h 10 min`, `40 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [unit, next] = UNITS.flatMap(([name, size], index) =>
    seconds >= size ? [{ name, size, rest: UNITS[index + 1] }] : [],
  ).map(({ name, size, rest }) => {
    const left = rest === undefined ? 0 : Math.floor((seconds % size) / rest[1])
    return [`${Math.floor(seconds / size)} ${name}`, left > 0 ? ` ${left} ${rest?.[0] ?? ''}` : ''] as const
  })[0] ?? [`${seconds} s`, '']
  return unit + next
}

export function relative(time: string, now: number): string {
  const past = now - Date.parse(time)
  if (Math.abs(past) < 1000) return 'just now'
  const single = duration(Math.abs(past)).split(' ').slice(0, 2).join(' ')
  return past > 0 ? `${single} ago` : `in ${single}`
}

/** The time in UTC as the API sends it, in a form that is easier to read. */
export const exact = (time: string): string => `${time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '')} UTC`

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `31 Jan`, with the year if it is not the current year. */
export function dayText(time: string, now: number): string {
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-')
  const text = `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''}`
  return year === new Date(now).toISOString().slice(0, 4) ? text : `${text} ${year}`
}

/** The hour and minute in UTC, with the day before them if it is not today: `13:04 UTC`, `31 Jan, 13:04 UTC`. */
export function moment(time: string, now: number): string {
  const clockTime = `${time.slice(11, 16)} UTC`
  const isToday = time.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
  return isToday ? clockTime : `${dayText(time, now)}, ${clockTime}`
}

const NUMBERS = new Intl.NumberFormat('en', { useGrouping: true })

/** With thin spaces between the thousands. */
export const count = (value: number): string => NUMBERS.format(value).replaceAll(',', '\u202f')

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

export const localTime = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB')
