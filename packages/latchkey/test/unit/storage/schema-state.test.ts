// Databases in which the server refuses to create a store.
import { expect, test } from 'vitest'
import { unusableReason } from '../../../src/storage/postgres/schema-state.ts'

test('PostgreSQL 14 is refused with its version in the error, and later versions are accepted', () => {
  expect(unusableReason({ encoding: 'UTF8', version: 140_019 })).toContain('PostgreSQL 14')
  expect(unusableReason({ encoding: 'UTF8', version: 150_000 })).toBeUndefined()
  expect(unusableReason({ encoding: 'UTF8', version: 180_001 })).toBeUndefined()
})

test('a database without UTF-8 is refused, with the command that creates a suitable one', () => {
  expect(unusableReason({ encoding: 'SQL_ASCII', version: 150_000 })).toContain('createdb --encoding UTF8')
})
