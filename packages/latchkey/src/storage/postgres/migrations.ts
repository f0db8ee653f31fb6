// The schema's steps, in their order. A step that was released is never edited: its checksum is on record in the database.
import { createHash } from 'node:crypto'
import { COMMIT_FUNCTIONS } from './schema/commit-functions.ts'
import { FUNCTIONS } from './schema/functions.ts'
import { LEASE_FUNCTIONS } from './schema/lease-functions.ts'
import { RAISED_FLOOR } from './schema/raised-floor.ts'
import { REFUSED_FUNCTIONS } from './schema/refused-functions.ts'
import { ROW_MACS } from './schema/row-macs.ts'
import { SLOT_HISTORY } from './schema/slot-history.ts'
import { TABLES } from './schema/tables.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the SQL. */
  readonly checksum: string
  /**
   * The oldest schema that a program may be made for and still work with this one. A step that only adds (expands)
   * leaves it; one that takes away (contracts) what an older program needs raises it.
   */
  readonly oldest: number
}

const migration = (number: number, name: string, oldest: number, sql: string): Migration => ({
  number,
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
  oldest,
})

export const MIGRATIONS: readonly Migration[] = [
  migration(1, 'first schema', 1, TABLES + FUNCTIONS),
  migration(2, 'raised floor on record', 1, RAISED_FLOOR),
  migration(3, 'MACs of rows', 3, ROW_MACS),
  migration(
    4,
    'history in the row of its slot',
    4,
    [SLOT_HISTORY, REFUSED_FUNCTIONS, COMMIT_FUNCTIONS, LEASE_FUNCTIONS].join('\n'),
  ),
]
