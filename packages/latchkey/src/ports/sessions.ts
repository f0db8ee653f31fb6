// Who is signed in. Sessions outlive a restart; a session that was ended opens nothing from then on.
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
  /** Also one that is over by time. */
  findByHash(hash: string): SignedIn | undefined
  /** The newest first, without those that are over by time. */
  of(operatorId: string): readonly Session[]
  /** Remembers that the session was used. Costs nothing now: it is written within ten seconds. */
  noteUse(id: string, at: EpochSeconds): void
  /**
   * Begins a session for an operator who is active still and whose password is still `passwordHash`; else returns false
   * and changes nothing. Ends the session with the hash `replaced`, and beyond twenty the one that was not used for
   * longest. Throws `StoreUnavailable`.
   */
  begin(session: Session, of: BegunSession): Promise<boolean>
  /** Ends one session of the operator. False when there is none with this id. Throws `StoreUnavailable`. */
  end(operatorId: string, sessionId: string, audit: AuditRecord): Promise<boolean>
  /** Ends all sessions of the operator. Throws `StoreUnavailable`. */
  endAll(operatorId: string, audit: AuditRecord): Promise<void>
}

export interface BegunSession extends Omit<NewSession, 'session'> {
  readonly audit: AuditRecord
}
