// Authenticates an operator by the session cookie.
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

/**
 * Returns the session and the present record of its operator, so that a change of the role takes effect at the next
 * request.
 */
export function authenticateSession(
  { sessions, sessionVault, clock }: AuthenticateSessionPorts,
  text: Secret,
): Result<SignedIn, SessionRefusal> {
  const found = sessions.findByHash(sessionVault.hashOfSession(text))
  if (found === undefined || found.operator.disabled) return refuse({ reason: 'unknown_session' })
  return clock.now() < sessionEndsAt(found.session) ? accept(found) : refuse({ reason: 'session_over' })
}
