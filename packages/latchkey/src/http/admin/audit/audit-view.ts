// An event of the audit trail in the admin API.
import { Type } from 'typebox'
import type { AuditEvent, JsonObject } from '../../../domain/audit-event.ts'
import { Time, timeView } from '../conventions/times.ts'

const Members = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'The members that changed, and no others',
})

export const AuditEventView = Type.Object({
  id: Type.String(),
  seq: Type.Integer(),
  at: Time,
  event: Type.String(),
  actor: Type.Object({
    kind: Type.Enum(['admin_key', 'operator', 'system']),
    id: Type.String(),
    name: Type.String(),
    address: Type.String(),
    user_agent: Type.String(),
  }),
  request_id: Type.String(),
  target: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  before: Members,
  after: Members,
})

export const auditEventView = ({ seq, at, event, actor, target, before, after }: AuditEvent) => ({
  id: `evt_${String(seq)}`,
  seq,
  at: timeView(at),
  event,
  actor: { kind: actor.kind, id: actor.id, name: actor.name, address: actor.address, user_agent: actor.userAgent },
  request_id: actor.requestId,
  target: { ...target },
  before: shown(before),
  after: shown(after),
})

const TIME = /_(?:at|from|until)$/

/** Converts the members that contain a time to RFC 3339. */
export const shown = (members: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'number' && TIME.test(name) ? timeView(value) : value,
    ]),
  )
