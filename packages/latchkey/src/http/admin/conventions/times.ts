// Times in the admin API: RFC 3339, UTC, whole seconds.
import { Type } from 'typebox'
import type { EpochSeconds } from '../../../domain/slot.ts'

export const Time = Type.String({ description: 'RFC 3339, UTC' })
export const TimeOrNull = Type.Union([Time, Type.Null()])

export const timeView = (seconds: EpochSeconds): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

export const timeOrNull = (seconds: EpochSeconds | undefined): string | null =>
  seconds === undefined ? null : timeView(seconds)

/**
 * Returns whole seconds, without the fraction. Undefined if the text is not an RFC 3339 time or its day does not exist.
 */
export function readTime(text: string): EpochSeconds | undefined {
  const shape = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(text)
  const milliseconds = Date.parse(text.toUpperCase())
  if (shape === null || Number.isNaN(milliseconds)) return undefined
  // JavaScript's Date reads 30 February as 2 March, so the day is compared.
  const [day = ''] = shape.slice(1)
  const isRealDay = new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  return isRealDay ? Math.floor(milliseconds / 1000) : undefined
}
