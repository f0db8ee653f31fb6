// The parsers of PostgreSQL types. A bigint becomes a number. The parser throws for a value beyond 2^53.
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
