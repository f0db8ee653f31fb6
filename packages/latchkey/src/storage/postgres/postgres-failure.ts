// What a failed question to PostgreSQL means: a refused statement, or an unknown outcome.
import { DiskFailure } from '../../rows/disk.ts'
import { ConnectFailure } from './database-connection.ts'
import { SharedSessions } from './own-session.ts'

/** SQLSTATE classes of statements that were refused and rolled back: data, integrity, syntax or access. */
const REFUSED = /^(?:22|23|42)/
/** Rolled back by the server, and nothing is wrong with them: a deadlock, a serialization failure. */
const ROLLED_BACK = /^40/

/**
 * The server writes nothing: it is a standby. Or it had ended the session for its idleness when the statement came,
 * as it
 * does with one that holds other replicas up and stands still.
 */
const NOT_DONE = new Set(['25006', '55000', '57P05'])

export function failureOf(cause: unknown): DiskFailure {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown }
  const state = typeof code === 'string' && code.length === 5 ? code : ''
  const isNotDone = cause instanceof ConnectFailure || cause instanceof SharedSessions || NOT_DONE.has(state)
  const isRefused = REFUSED.test(state) || ROLLED_BACK.test(state)
  const kind = isNotDone ? 'not_done' : isRefused ? 'statement' : 'in_doubt'
  return new DiskFailure(kind, typeof message === 'string' ? message : 'the database failed', { cause })
}
