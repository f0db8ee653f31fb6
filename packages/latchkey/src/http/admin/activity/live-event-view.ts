// A live event as a server-sent event, encoded once for all readers.
import type { Happening, LiveEvent } from '../../../ports/live-events.ts'
import { auditEventView } from '../audit/audit-view.ts'
import { timeView } from '../conventions/times.ts'
import { contentionView } from './contention-view.ts'

const frames = new WeakMap<LiveEvent, Buffer>()

/** HTML standard, section 9.2.6. JSON.stringify writes no line feed, so one data line is enough. */
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
    case 'issuance':
      return issuanceEventView(happening)
    case 'contention':
      return contentionEventView(happening)
    case 'refusal':
      return refusalEventView(happening)
    case 'change':
      return auditEventView(happening.recorded)
  }
}

type Of<Name extends Happening['name']> = Extract<Happening, { readonly name: Name }>

export const issuanceEventView = (event: Of<'issuance'>) => ({
  at: timeView(event.at),
  client_id: event.clientId,
  scope: event.scope,
  generation: event.generation,
  jti: event.jti,
  kind: event.kind,
  superseded: event.superseded ?? null,
  address: event.address,
  user_agent: event.userAgent,
  subject: event.subject ?? null,
})

export const contentionEventView = (event: Of<'contention'>) => ({
  at: timeView(event.at),
  ...contentionView(event.slot),
})

export const refusalEventView = (event: Of<'refusal'>) => ({
  at: timeView(event.at),
  endpoint: event.endpoint,
  reason: event.reason,
  client_id: event.clientId ?? null,
  address: event.address,
  request_id: event.requestId,
  omitted_before: event.omittedBefore,
})
