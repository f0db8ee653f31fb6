// The values of an audit event in words: the changed members with their old and new values.
import type { AuditEvent } from 'latchkey/admin-api'
import { exact } from './times.ts'

type Change = Pick<AuditEvent, 'before' | 'after'>

/** Each member once: first the members from before, then the new members. */
export const changedMembers = ({ before, after }: Change): readonly string[] => [
  ...new Set([...Object.keys(before), ...Object.keys(after)]),
]

/** The changed members, without those that are empty before and after: a new integration has many. */
export const toldMembers = (change: Change): readonly string[] =>
  changedMembers(change).filter(
    (member) => member in change.before || inOneLine(change.after[member]) !== inOneLine(undefined),
  )

/** A value in one line. */
export function inOneLine(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inOneLine).join(', ')
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value)
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${inOneLine(part)}`)
    .join(', ')
}

const TIME = /_(?:at|from|until)$/
/** The latest time that JavaScript can write as text, in milliseconds. */
const LAST_TIME = 8.64e15

/** A value over several lines. Recorded times may be in seconds. Undefined if there is no value. */
export function inLines(member: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && TIME.test(member) && Math.abs(value) * 1000 <= LAST_TIME)
    return exact(new Date(value * 1000).toISOString())
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1)
}
