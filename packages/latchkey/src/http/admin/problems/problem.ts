// Problem details (RFC 9457): the answer of the admin API to a refused or failed request.
import type { FastifyReply } from 'fastify'
import { type ProblemCode, PROBLEMS } from './problem-catalog.ts'

/** One error in the request, and where it is. */
export type ProblemPlace =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string }

export interface Problem {
  /** Stable, for programs. The catalog has the status and the title. */
  readonly code: ProblemCode
  /** What to do about this error. */
  readonly detail: string
  readonly errors?: readonly ProblemPlace[]
  /** Members of this code only (RFC 9457 §3.2), by their names in the document. */
  readonly extension?: Readonly<Record<string, unknown>>
}

/** The body of a problem answer. A code may have more members: `extension`. */
export interface ProblemDocument {
  /** The URL of the entry on the page of problems. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  readonly errors?: readonly ProblemPlace[] | undefined
  readonly request_id: string
}

export const PROBLEM_TYPE = 'application/problem+json'

export const statusOf = ({ code }: Problem): number => PROBLEMS[code].status

/** Returns the JSON text of RFC 9457 §3.1 with the members `code`, `errors` and `request_id`. */
export const problemBody = (problem: Problem, requestId: string): string => {
  const { code, detail, errors, extension } = problem
  const { status, title } = PROBLEMS[code]
  const type = `/problems#${code}`
  const members: ProblemDocument = { type, title, status, detail, code, errors, ...extension, request_id: requestId }
  return JSON.stringify(members)
}

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(statusOf(problem))
    .type(PROBLEM_TYPE)
    // The body is already JSON text, and the schemas of the route describe successes.
    .serializer((body) => String(body))
    .send(problemBody(problem, reply.request.id))

export const invalidRequest = (detail: string, ...errors: readonly ProblemPlace[]): Problem => ({
  code: 'invalid_request',
  detail,
  ...(errors.length > 0 && { errors }),
})

/** One member of the body is unusable. `detail` follows the pointer in a sentence: "must be …". */
export const unusableMember = (pointer: string, detail: string): Problem =>
  invalidRequest(`${pointer} ${detail}.`, { pointer, detail })

/** One query parameter is unusable. */
export const unusableParameter = (parameter: string, detail: string): Problem =>
  invalidRequest(`The query parameter ${parameter} ${detail}.`, { parameter, detail })

type CodeWithStatus<Status> = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code]['status'] extends Status ? Code : never
}[ProblemCode]

export const notFound = (code: CodeWithStatus<404>, detail: string): Problem => ({ code, detail })
