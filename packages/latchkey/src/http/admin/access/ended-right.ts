// Rights that end while the server makes an answer. If the caller loses the right to read, the server sends no further
// data.
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { adminKeyStatus } from '../../../domain/admin-key-status.ts'
import { sessionEndsAt } from '../../../domain/session.ts'
import type { AdminServer } from '../admin-server.ts'
import { type Problem, PROBLEM_TYPE, problemBody, statusOf } from '../problems/problem.ts'
import { type AdmissionPorts, INVALID_KEY_CHALLENGE, permitted, proofNeeded, roleTooLow } from './admission.ts'
import type { Admitted } from './admitted.ts'

/**
 * Returns false if the server would no longer admit the caller with the same key or session. The code that sends a long
 * answer repeats this check. The check does not count as a use of the key, and costs one lookup in a map.
 */
export const isStillAdmitted = (ports: AdmissionPorts, request: FastifyRequest): boolean =>
  request.routeOptions.config.rule !== undefined && endedRight(ports, request) === undefined

/** Passes on the pieces of a body. Throws when the right of the caller ends, so that the body breaks off. */
export async function* whileAdmitted<Piece>(
  pieces: AsyncIterable<Piece>,
  ports: AdmissionPorts,
  request: FastifyRequest,
): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    if (!isStillAdmitted(ports, request)) throw new Error('the right of the caller has ended')
    yield piece
  }
}

/** Headers that describe the content. A denied answer must not have them. */
const HEADERS_OF_CONTENT = [
  'etag',
  'link',
  'last-modified',
  'x-total-count',
  'x-audit-anchor',
  'content-disposition',
  'content-length',
]

/**
 * Replaces the answer to a read if the right of the caller has ended. The answer to a change stays, because the change
 * was made before the right ended. Streams use `whileAdmitted` instead.
 */
export function addEndedRightCheck(app: AdminServer, ports: AdmissionPorts): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { rule } = request.routeOptions.config
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || rule === undefined || isStream(payload)) return payload
    const problem = endedRight(ports, request)
    if (problem === undefined) return payload
    const denied = { event: 'auth.denied', request_id: request.id, reason: 'ended_meanwhile', 'http.route': rule.url }
    ports.logger.warn(denied, 'admin request denied')
    for (const name of HEADERS_OF_CONTENT) reply.removeHeader(name)
    void reply.code(statusOf(problem)).type(PROBLEM_TYPE)
    if (statusOf(problem) === 401) void reply.header('www-authenticate', INVALID_KEY_CHALLENGE)
    return problemBody(problem, request.id)
  })
}

const isStream = (payload: unknown): payload is Readable =>
  typeof payload === 'object' && payload !== null && 'pipe' in payload

/**
 * Returns the reason why the server would no longer admit the caller. Undefined if it would admit the caller, or if the
 * route needs no key.
 */
function endedRight(ports: AdmissionPorts, { routeOptions, admitted, params }: FastifyRequest): Problem | undefined {
  const { rule } = routeOptions.config
  if (admitted === undefined || rule === undefined) return undefined
  const current = asOfNow(ports, admitted)
  if (current === undefined) return proofNeeded(admitted.kind)
  return permitted(rule, params, current) ? undefined : roleTooLow(current, rule)
}

/** Returns the caller with the current role. Undefined if the key or the session has ended. */
function asOfNow({ adminKeys, sessions, clock }: AdmissionPorts, admitted: Admitted): Admitted | undefined {
  if (admitted.kind === 'admin_key') {
    const key = adminKeys.findByHash(admitted.key.hash)
    return key !== undefined && adminKeyStatus(key, clock.now()) === 'active' ? { kind: 'admin_key', key } : undefined
  }
  const signedIn = sessions.findByHash(admitted.session.hash)
  const isOver = signedIn === undefined || signedIn.operator.disabled || clock.now() >= sessionEndsAt(signedIn.session)
  return isOver ? undefined : { kind: 'operator', ...signedIn }
}
