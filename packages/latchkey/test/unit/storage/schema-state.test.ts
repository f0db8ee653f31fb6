// Which databases a store cannot be in.
import { expect, test } from 'vitest'
import { unusableReason } from '../../../src/storage/postgres/schema-state.ts'

test('a server before PostgreSQL 15 is refused by its name, a later one is not', () => {
  expect(unusableReason({ encoding: 'UTF8', version: 140_019 })).toContain('PostgreSQL 14')
  expect(unusableReason({ encoding: 'UTF8', version: 150_000 })).toBeUndefined()
  expect(unusableReason({ encoding: 'UTF8', version: 180_001 })).toBeUndefined()
})

test('a database that cannot hold every name is refused with the command that makes another', () => {
  expect(unusableReason({ encoding: 'SQL_ASCII', version: 150_000 })).toContain('createdb --encoding UTF8')
})
