// The type parsers for PostgreSQL. A bigint becomes a number; a value beyond 2^53 throws.
import pg from 'pg'

const INT8 = 20

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53`)
  return value
}

const types = new pg.TypeOverrides()
types.setTypeParser(INT8, wholeNumber)

export const readableTypes = types
