// Who asks to administer the server: the operator of a session, known by the hash of its cookie alone.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import { sessionEndsAt } from '../domain/session.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionVault } from '../ports/session-vault.ts'
import type { Sessions, SignedIn } from '../ports/sessions.ts'

export interface AuthenticateSessionPorts {
  readonly sessions: Sessions
  readonly sessionVault: SessionVault
  readonly clock: Clock
}

export type SessionRefusal = { readonly reason: 'unknown_session' | 'session_over' }

/** The operator is as they are now: a change of role holds from the next request on. */
export function authenticateSession(
  { sessions, sessionVault, clock }: AuthenticateSessionPorts,
  text: Secret,
): Result<SignedIn, SessionRefusal> {
  const found = sessions.findByHash(sessionVault.hashOfSession(text))
  if (found === undefined || found.operator.disabled) return refuse({ reason: 'unknown_session' })
  return clock.now() < sessionEndsAt(found.session) ? accept(found) : refuse({ reason: 'session_over' })
}
