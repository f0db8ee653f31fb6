// The port for sessions of operators. Sessions survive a restart of the server. The server rejects a session as soon as
// it has ended.
import type { AuditRecord } from '../domain/audit-event.ts'
import type { Operator } from '../domain/operator.ts'
import type { NewSession } from '../domain/session-change.ts'
import type { Session } from '../domain/session.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface SignedIn {
  readonly session: Session
  readonly operator: Operator
}

export interface Sessions {
  /** Returns the session even if it has expired. Undefined if no session has this hash. */
  findByHash(hash: string): SignedIn | undefined
  /** Returns the sessions that have not expired, the newest first. */
  of(operatorId: string): readonly Session[]
  /** Records in memory that the session was used. A timer writes the use to the store within ten seconds. */
  noteUse(id: string, at: EpochSeconds): void
  /**
   * Begins a session and ends the session with the hash `replaced`. If the operator already has twenty sessions, also
   * ends the least recently used session. Returns false and changes nothing if the operator is no longer active, or if
   * the stored password hash is no longer `passwordHash`. Throws `StoreUnavailable`.
   */
  begin(session: Session, of: BegunSession): Promise<boolean>
  /**
   * Ends one session of the operator. Returns false if the operator has no session with this id. Throws
   * `StoreUnavailable`.
   */
  end(operatorId: string, sessionId: string, audit: AuditRecord): Promise<boolean>
  /** Ends all sessions of the operator. Throws `StoreUnavailable`. */
  endAll(operatorId: string, audit: AuditRecord): Promise<void>
}

export interface BegunSession extends Omit<NewSession, 'session'> {
  readonly audit: AuditRecord
}
