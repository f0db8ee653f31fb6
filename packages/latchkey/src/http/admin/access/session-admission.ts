// Admits a request by its session cookie.
import type { Secret } from '@latchkey/protocol'
import type { FastifyRequest } from 'fastify'
import { authenticateSession, type AuthenticateSessionPorts } from '../../../operations/authenticate-session.ts'
import type { AdminListenerAddress } from '../listener-address.ts'
import { invalidRequest, type Problem } from '../problems/problem.ts'
import type { Admitted } from './admitted.ts'
import { CSRF_REFUSED, isFromOwnPage } from './own-page.ts'

export interface SessionAdmissionPorts extends AuthenticateSessionPorts {
  readonly listener: AdminListenerAddress
}

export type SessionAdmission =
  { readonly admitted: Admitted } | { readonly reason: string; readonly problem: Problem; readonly isOver: boolean }

/**
 * The console sends this header with the requests that only refresh a page. Such requests do not prolong the session.
 */
const BACKGROUND_HEADER = 'x-latchkey-background'

export function admitSession(ports: SessionAdmissionPorts, request: FastifyRequest, text: Secret): SessionAdmission {
  if (request.headers.authorization !== undefined) {
    return { reason: 'key_and_session', problem: KEY_AND_SESSION, isOver: false }
  }
  const found = authenticateSession(ports, text)
  if (!found.ok) return { reason: found.refusal.reason, problem: SESSION_ENDED, isOver: true }
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isFromOwnPage(ports.listener, request)) {
    return { reason: 'csrf_refused', problem: CSRF_REFUSED, isOver: false }
  }
  if (request.headers[BACKGROUND_HEADER] === undefined) {
    ports.sessions.noteUse(found.value.session.id, ports.clock.now())
  }
  return { admitted: { kind: 'operator', ...found.value } }
}

const KEY_AND_SESSION = invalidRequest(
  'Send an admin key in the Authorization header or the cookie of a session, not both.',
)

export const SESSION_ENDED: Problem = {
  code: 'session_ended',
  detail: 'Sign in again: the session has expired or was ended.',
}
