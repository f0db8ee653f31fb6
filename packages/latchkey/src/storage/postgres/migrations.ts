// The steps of the schema, in order. A released step must never be edited, because databases record the checksum of
// each step.
import { createHash } from 'node:crypto'
import { ACTIVITY_MINUTES } from './schema/activity-minutes.ts'
import { ASSERTION_COMMITS } from './schema/assertion-commits.ts'
import { CLIENT_CREDENTIALS } from './schema/client-credentials.ts'
import { COMMIT_FUNCTIONS } from './schema/commit-functions.ts'
import { CONDITIONS } from './schema/conditions.ts'
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
  /** The SHA-256 of the SQL text. */
  readonly checksum: string
  /**
   * The oldest schema version that a program must know if it uses a database with this step. A step that only adds
   * objects keeps the number of the previous step. A step that removes an object that older programs need raises the
   * number.
   */
  readonly oldest: number
}

const withChecksum = (step: Omit<Migration, 'checksum'>): Migration => ({
  ...step,
  checksum: createHash('sha256').update(step.sql).digest('hex'),
})

const STEPS: readonly Omit<Migration, 'checksum'>[] = [
  { number: 1, name: 'first schema', oldest: 1, sql: TABLES + FUNCTIONS },
  { number: 2, name: 'raised floor on record', oldest: 1, sql: RAISED_FLOOR },
  { number: 3, name: 'MACs of rows', oldest: 3, sql: ROW_MACS },
  {
    number: 4,
    name: 'history in the row of its slot',
    oldest: 4,
    sql: [SLOT_HISTORY, REFUSED_FUNCTIONS, COMMIT_FUNCTIONS, LEASE_FUNCTIONS].join('\n'),
  },
  { number: 5, name: 'counts of the last two days', oldest: 4, sql: ACTIVITY_MINUTES },
  { number: 6, name: 'credentials of clients', oldest: 4, sql: [CLIENT_CREDENTIALS, ASSERTION_COMMITS].join('\n') },
  { number: 7, name: 'conditions of token requests', oldest: 4, sql: CONDITIONS },
]

export const MIGRATIONS: readonly Migration[] = STEPS.map(withChecksum)
