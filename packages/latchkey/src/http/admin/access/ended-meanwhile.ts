// What was asked for by a right that ended while the answer was being made is not told any more.
import type { Readable } from 'node:stream'
import { type AdmissionPorts, endedMeanwhile, INVALID_KEY_CHALLENGE } from './admission.ts'
import type { AdminServer } from '../admin-server.ts'
import { PROBLEM_TYPE, problemBody, statusOf } from '../problems/problem.ts'

/** Of the thing itself: they say something of it even without the body. */
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
 * For what is read: the answer to a change that was made says so, and the change was made before the right ended.
 * A body that is a stream looks for itself, before each thing that it tells.
 */
export function addEndedMeanwhileCheck(app: AdminServer, ports: AdmissionPorts): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { rule } = request.routeOptions.config
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || rule === undefined || isStream(payload)) return payload
    const problem = endedMeanwhile(ports, rule, request)
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
