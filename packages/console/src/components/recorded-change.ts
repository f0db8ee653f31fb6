// The values of an audit event in words: which members changed, from what to what.
import type { AuditEvent } from 'latchkey/admin-api'
import { exact } from './times.ts'

type Change = Pick<AuditEvent, 'before' | 'after'>

/** Each member once: the members from before, then those that are new. */
export const changedMembers = ({ before, after }: Change): readonly string[] => [
  ...new Set([...Object.keys(before), ...Object.keys(after)]),
]

/** A value in one line. */
export function inOneLine(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inOneLine).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const TIME = /_(?:at|from|until)$/
/** In milliseconds: later times have no text. */
const LAST_TIME = 8.64e15

/** A value over several lines. Times may be on record in seconds. Undefined if there is none. */
export function inLines(member: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && TIME.test(member) && Math.abs(value) * 1000 <= LAST_TIME)
    return exact(new Date(value * 1000).toISOString())
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1)
}
