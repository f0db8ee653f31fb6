// The problem answers in the OpenAPI document: one component for each problem code, and the problem answers of each
// operation.
import { type ProblemCode, type ProblemEntry, PROBLEMS } from '../problems/problem-catalog.ts'
import { PROBLEM_TYPE } from '../problems/problem.ts'

const place = (by: 'pointer' | 'parameter', description: string) => ({
  type: 'object',
  properties: { [by]: { type: 'string', description }, detail: { type: 'string' } },
  required: [by, 'detail'],
})

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details. Some codes have further members.',
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'The URL of the code on the page of problems.',
    },
    title: { type: 'string', description: 'The title. It is the same for every problem with this code.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'How to solve this problem.' },
    code: { type: 'string', description: 'The code, for programs. It never changes.' },
    request_id: { type: 'string', description: 'The id of this request in the log of the server.' },
    errors: {
      type: 'array',
      description: 'The errors, and the place of each in the request.',
      items: {
        anyOf: [place('pointer', 'A member of the body (RFC 6901).'), place('parameter', 'A query parameter.')],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
}

const codes = Object.keys(PROBLEMS) as readonly ProblemCode[]

export function problemComponents() {
  return {
    schemas: { Problem: PROBLEM_SCHEMA },
    responses: Object.fromEntries(codes.map((code) => [code, responseOf([code])])),
  }
}

/** Returns the problem answers by status, in the order of the catalog. */
export function problemResponses(possible: readonly ProblemCode[]): Readonly<Record<string, object>> {
  const byStatus = Map.groupBy(
    codes.filter((code) => possible.includes(code)),
    (code) => String(PROBLEMS[code].status),
  )
  const responses = [...byStatus].map(([status, of]) => {
    const [only, another] = of
    return [
      status,
      only !== undefined && another === undefined ? { $ref: `#/components/responses/${only}` } : responseOf(of),
    ]
  })
  return Object.fromEntries(responses) as Readonly<Record<string, object>>
}

function responseOf(of: readonly ProblemCode[]) {
  const isWorthWaiting = of.some((code) => RETRIED.includes(PROBLEMS[code].status))
  return {
    description: of
      .map((code) => `[\`${code}\`](/problems#${code}): ${(PROBLEMS[code] as ProblemEntry).meaning}`)
      .join('\n\n'),
    ...(isWorthWaiting && {
      headers: {
        'Retry-After': { description: 'Seconds to wait before another attempt.', schema: { type: 'integer' } },
      },
    }),
    content: {
      [PROBLEM_TYPE]: {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code: { enum: of } } }],
        },
      },
    },
  }
}

const RETRIED: readonly number[] = [429, 503]
