// /admin/v1/audit: lists events, checks the chain and exports events.
import { Type } from 'typebox'
import type { AuditAnchor, AuditTrail } from '../../../ports/audit-trail.ts'
import type { AdmissionPorts } from '../access/admission.ts'
import { whileAdmitted } from '../access/ended-right.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { cursorTo, linkNext, pageOf, pageQuery, readCursor, readLimit } from '../conventions/paging.ts'
import { readTime } from '../conventions/times.ts'
import { type Problem, sendProblem, unusableParameter } from '../problems/problem.ts'
import { auditAsCsv, auditAsJsonLines, type AuditFilter, byteStream, everyEvent } from './audit-export.ts'
import { auditEventView, AuditEventView } from './audit-view.ts'

const filter = {
  event: Type.Optional(
    Type.String({ maxLength: 64, description: 'The name of the event, for example secret.rotated' }),
  ),
  actor: Type.Optional(Type.String({ maxLength: 64, description: 'The id of the actor' })),
  target: Type.Optional(Type.String({ maxLength: 128, description: 'The id of the target' })),
  kind: Type.Optional(
    Type.Enum(['changes', 'refusals'], {
      description: 'refusals: only refused requests and refused sign-ins. changes: only all other events',
    }),
  ),
  since: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339: only events at or after this time' })),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339: only events before this time' })),
}

export const AuditQuery = Type.Object({ ...pageQuery, ...filter }, closed)
export const ExportQuery = Type.Object({ format: Type.Enum(['jsonl', 'csv']), ...filter }, closed)
export const AuditPageView = Type.Object(pageOf(AuditEventView))

export const ReportView = Type.Object({
  intact: Type.Boolean(),
  checked: Type.Integer(),
  from_seq: Type.Integer(),
  to_seq: Type.Integer(),
  anchor: Type.Optional(
    Type.String({ description: 'The end of the intact chain, as SEQ:MAC. Keep this text outside the server' }),
  ),
  problem: Type.Optional(Type.Object({ seq: Type.Integer(), what: Type.String() })),
})

const ExpectedAnchor = Type.String({
  pattern: '^(0|[1-9][0-9]{0,14}):[0-9a-f]{64}$',
  description:
    'An anchor from an earlier check or export, as SEQ:MAC. The check fails unless the trail still has the history up to the anchor',
})

export const VerificationQuery = Type.Object({ expect: Type.Optional(ExpectedAnchor) }, closed)

const anchorText = ({ seq, mac }: AuditAnchor): string => `${String(seq)}:${mac}`

function readAnchor(text: string): AuditAnchor {
  const [seq = '', mac = ''] = text.split(':')
  return { seq: Number(seq), mac }
}

const tags = ['Audit']
const LIST = 'audit'

export interface AuditRoutesPorts extends AdmissionPorts {
  readonly auditTrail: AuditTrail
}

export function addAuditRoutes(app: AdminServer, ports: AuditRoutesPorts): void {
  const { auditTrail } = ports

  app.get(
    '/admin/v1/audit',
    {
      schema: {
        summary: 'Lists administrative changes, the newest first',
        tags,
        querystring: AuditQuery,
        response: { 200: AuditPageView },
      },
    },
    async (request, reply) => {
      const limit = readLimit(request.query.limit)
      if (!limit.ok) return sendProblem(reply, limit.refusal)
      const place = readCursor(LIST, ['number'], request.query.cursor)
      if (!place.ok) return sendProblem(reply, place.refusal)
      const query = readFilter(request.query)
      if (!('event' in query)) return sendProblem(reply, query)
      const [before] = place.value ?? []
      const events = await auditTrail.page({ ...query, limit: limit.value + 1, before: before as number | undefined })
      const items = events.slice(0, limit.value)
      const last = events.length > limit.value ? items.at(-1) : undefined
      const cursor = last && cursorTo(LIST, last.seq)
      linkNext(request, reply, cursor)
      return reply.send({ items: items.map(auditEventView), next_cursor: cursor ?? null })
    },
  )

  app.get(
    '/admin/v1/audit/verify',
    {
      schema: {
        summary: 'Checks the whole chain with the audit key',
        tags,
        querystring: VerificationQuery,
        response: { 200: ReportView },
      },
    },
    async (request, reply) => {
      const { expect } = request.query
      const report = await auditTrail.verify(expect === undefined ? undefined : readAnchor(expect))
      const { intact, checked, fromSeq: from_seq, toSeq: to_seq } = report
      const problem = report.intact ? undefined : { seq: report.seq, what: report.problem }
      const anchor = report.intact ? anchorText(report.anchor) : undefined
      return reply.send({
        ...{ intact, checked, from_seq, to_seq },
        ...(anchor !== undefined && { anchor }),
        ...(problem !== undefined && { problem }),
      })
    },
  )

  app.get(
    '/admin/v1/audit/export',
    {
      schema: {
        summary: 'Streams administrative changes, the newest first',
        tags,
        querystring: ExportQuery,
        answers: {
          200: {
            description:
              'One event per line. X-Total-Count is the number of events. X-Audit-Anchor is the end of the chain when the export began.',
            content: {
              'application/jsonl': { schema: { type: 'string' } },
              'text/csv': { schema: { type: 'string' } },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const query = readFilter(request.query)
      if (!('event' in query)) return sendProblem(reply, query)
      const isCsv = request.query.format === 'csv'
      const all = { ...query, limit: 0, before: undefined }
      const anchor = await auditTrail.anchor()
      if (anchor !== undefined) void reply.header('x-audit-anchor', anchorText(anchor))
      void reply.header('x-total-count', String(await auditTrail.count(all)))
      void reply.header('content-disposition', `attachment; filename="audit.${request.query.format}"`)
      const events = whileAdmitted(everyEvent(auditTrail, query), ports, request)
      const lines = isCsv ? auditAsCsv(events) : auditAsJsonLines(events)
      return reply.type(isCsv ? 'text/csv; charset=utf-8' : 'application/jsonl').send(byteStream(lines))
    },
  )
}

function readFilter(requested: Omit<Type.Static<typeof AuditQuery>, 'limit' | 'cursor'>): AuditFilter | Problem {
  const since = requested.since === undefined ? undefined : readTime(requested.since)
  const until = requested.until === undefined ? undefined : readTime(requested.until)
  if (requested.since !== undefined && since === undefined) return timeUnusable('since')
  if (requested.until !== undefined && until === undefined) return timeUnusable('until')
  const { event, actor, target, kind } = requested
  return { event, actor, target, kind, since, until }
}

const timeUnusable = (parameter: string): Problem =>
  unusableParameter(parameter, 'must be an RFC 3339 time, such as 2026-01-31T12:00:00Z')
