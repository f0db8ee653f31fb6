// A live event as a server-sent event. Its frame is made once for all readers.
import type { Happening, LiveEvent } from '../../../ports/live-events.ts'
import { auditEventView } from '../audit/audit-view.ts'
import { timeView } from '../conventions/times.ts'
import { contentionView } from './contention-view.ts'

const frames = new WeakMap<LiveEvent, Buffer>()

/** HTML standard, section 9.2.6. JSON has no line feed, so one data line is enough. */
export function frameOf(event: LiveEvent): Buffer {
  const known = frames.get(event)
  if (known !== undefined) return known
  const { id, happening } = event
  const frame = Buffer.from(`id: ${id}\nevent: ${happening.name}\ndata: ${JSON.stringify(viewOf(happening))}\n\n`)
  frames.set(event, frame)
  return frame
}

function viewOf(happening: Happening): object {
  switch (happening.name) {
    case 'issuance': {
      const { at, clientId, scope, generation, jti, kind, superseded, address, userAgent } = happening
      return {
        at: timeView(at),
        ...{ client_id: clientId, scope, generation, jti, kind },
        superseded: superseded ?? null,
        address,
        user_agent: userAgent,
      }
    }
    case 'contention':
      return { at: timeView(happening.at), ...contentionView(happening.slot) }
    case 'refusal': {
      const { at, endpoint, reason, clientId, address, requestId, omittedBefore } = happening
      return {
        at: timeView(at),
        ...{ endpoint, reason, client_id: clientId ?? null, address, request_id: requestId },
        omitted_before: omittedBefore,
      }
    }
    case 'change':
      return auditEventView(happening.recorded)
  }
}
