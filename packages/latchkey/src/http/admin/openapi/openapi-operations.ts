// One operation of the OpenAPI document, made from its schema, its access rule and its problems.
import { STATUS_CODES } from 'node:http'
import type { FastifySchema } from 'fastify'
import type { RouteRule } from '../access/route-rules.ts'
import type { ProblemCode } from '../problems/problem-catalog.ts'
import { problemResponses } from './openapi-problems.ts'

/** Carries notes from `describedSchema` to `finishOperation`. The plugin between them keeps only extensions (`x-…`). */
const NOTES = 'x-notes'

interface Notes {
  readonly codes: readonly ProblemCode[]
  readonly answers: Readonly<Record<number, object>>
  readonly bodyMayBeLeftOut: boolean
}

/** An operation of the document, as the plugin returns it. */
export interface Operation {
  [NOTES]?: Notes
  parameters?: readonly object[]
  requestBody?: { required: boolean }
  responses: Readonly<Record<string, { readonly description?: string }>>
}

export function describedSchema(
  { problems = [], answers = {}, body, ...rest }: FastifySchema = {},
  rule: RouteRule | undefined,
): FastifySchema & Record<string, unknown> {
  const allows = rule?.allows ?? 'anyone'
  const taken = bodyTaken(body)
  const codes: readonly ProblemCode[] = [
    ...ANY_ROUTE,
    ...(allows === 'anyone' ? [] : KEYED_ROUTE),
    ...(allows === 'anyone' || rule?.method === 'GET' ? [] : (['csrf_refused'] as const)),
    ...(allows === 'editor' || allows === 'owner' ? (['role_too_low'] as const) : []),
    ...(body === undefined ? [] : BODY),
    ...problems,
  ]
  const notes: Notes = { codes, answers, bodyMayBeLeftOut: taken !== body }
  return {
    ...rest,
    ...(taken !== undefined && { body: taken }),
    security: allows === 'anyone' ? [] : [{ admin_key: [] }, { session: [] }],
    ...(allows !== 'anyone' && { 'x-least-role': allows }),
    [NOTES]: notes,
  }
}

const ANY_ROUTE = ['wrong_host', 'internal_error'] as const
const KEYED_ROUTE = ['invalid_request', 'admin_key_needed', 'session_ended', 'store_unavailable'] as const
const BODY = ['invalid_request', 'body_too_large', 'unsupported_media_type'] as const

/** Returns the schema to document for an optional body. Undefined if the body must be empty. */
function bodyTaken(body: unknown): unknown {
  const { type, anyOf = [] } = (body ?? {}) as {
    readonly type?: unknown
    readonly anyOf?: readonly { type?: unknown }[]
  }
  if ([type].flat().includes('null')) return undefined
  const variants = anyOf.filter((candidate) => candidate.type !== 'null')
  if (variants.length === anyOf.length) return body
  return variants.length === 1 ? variants[0] : { anyOf: variants }
}

export function finishOperation(operation: Operation): void {
  const { codes, answers, bodyMayBeLeftOut } = operation[NOTES] as Notes
  delete operation[NOTES]
  if (operation.requestBody !== undefined) operation.requestBody.required = !bodyMayBeLeftOut
  const headers = HEADERS.filter(({ shownBy }) => shownBy.some((code) => codes.includes(code)))
  if (headers.length > 0) {
    const described = headers.map(({ name, description, schema, neededBy }) => {
      const required = neededBy.some((code) => codes.includes(code))
      return { name, in: 'header', description, schema, required }
    })
    operation.parameters = [...(operation.parameters ?? []), ...described]
  }
  const successes = Object.keys(answers).length > 0 ? answers : named(operation.responses)
  operation.responses = { ...successes, ...problemResponses(codes) }
}

interface Header {
  readonly name: string
  readonly description: string
  readonly schema: object
  /** The document lists the header for each operation that can answer with one of these problem codes. */
  readonly shownBy: readonly ProblemCode[]
  /** The document marks the header as required for each operation that can answer with one of these problem codes. */
  readonly neededBy: readonly ProblemCode[]
}

const HEADERS: readonly Header[] = [
  {
    name: 'If-Match',
    description:
      'The `ETag` with which the record was read. The server changes the record only if no other request has changed it since.',
    schema: { type: 'string' },
    shownBy: ['stale_version', 'if_match_needed'],
    neededBy: ['if_match_needed'],
  },
  {
    name: 'Idempotency-Key',
    description:
      'Makes it safe to repeat the request. The server carries out requests with the same key only once within a day. A repeated answer has the header `Idempotency-Replayed` and no secret.',
    schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
    shownBy: ['idempotency_key_reused'],
    neededBy: [],
  },
]

// The plugin writes "Default Response" if a schema has no description.
const named = (responses: Operation['responses']): Operation['responses'] =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response.description === 'Default Response' ? { ...response, description: STATUS_CODES[status] ?? '' } : response,
    ]),
  )
