// GET /admin/v1/events: streams issuances, contention, refusals and changes as server-sent events, when they happen.
import type { Clock } from '../../../ports/clock.ts'
import type { LiveEvents } from '../../../ports/live-events.ts'
import type { AdmissionPorts } from '../access/admission.ts'
import { isStillAdmitted } from '../access/ended-right.ts'
import type { AdminServer } from '../admin-server.ts'
import { answerHeaders } from '../answer-headers.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'
import { EventStreams, MOST_STREAMS } from './event-streams.ts'

export interface EventRoutesPorts extends AdmissionPorts {
  readonly events: LiveEvents
  readonly clock: Clock
}

export function addEventRoutes(app: AdminServer, ports: EventRoutesPorts): void {
  const streams = new EventStreams(ports.events, ports.clock)
  app.addHook('preClose', (done) => {
    streams.endAll()
    done()
  })
  app.get(
    '/admin/v1/events',
    {
      // HEAD is not supported: the answer would never end.
      exposeHeadRoute: false,
      schema: {
        summary: 'Streams issuances, contention, refusals and changes when they happen',
        tags: ['Activity'],
        answers: {
          200: {
            description:
              'Server-sent events named issuance, contention, refusal and change, for at most an hour. With Last-Event-ID, the stream begins with the events after that id, or with the event named reset if the server no longer has them',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        },
        problems: ['too_many_streams'],
      },
    },
    (request, reply) => {
      if (streams.isFull) {
        void reply.header('retry-after', '10')
        sendProblem(reply, TOO_MANY)
        return reply
      }
      const lastEventId = request.headers['last-event-id']
      reply.hijack()
      reply.raw.writeHead(200, { ...answerHeaders(request.id), 'content-type': 'text/event-stream' })
      streams.open({
        answer: reply.raw,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        isAdmitted: () => isStillAdmitted(ports, request),
      })
      return reply
    },
  )
}

const TOO_MANY: Problem = {
  code: 'too_many_streams',
  detail: `${String(MOST_STREAMS)} event streams are open. That is the limit. Close a stream, or try again later.`,
}
