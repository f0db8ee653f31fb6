// The answer of the admin API if it refuses a request or fails: RFC 9457 problem details.
import type { FastifyReply } from 'fastify'
import { type ProblemCode, PROBLEMS } from './problem-catalog.ts'

/** What is wrong at one place of the request. */
export type ProblemPlace =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string }

export interface Problem {
  /** Stable, for programs. The catalog has its status and its title. */
  readonly code: ProblemCode
  /** What to do about this one. */
  readonly detail: string
  readonly errors?: readonly ProblemPlace[]
  /** Members that only this code has (RFC 9457 §3.2), by their names on the wire. */
  readonly extension?: Readonly<Record<string, unknown>>
}

/** The body of a problem answer. A code may have further members of its own: `extension`. */
export interface ProblemDocument {
  /** Leads to the entry of the code on the page of problems. */
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

/** The JSON text of RFC 9457 §3.1, with the further members `code`, `errors` and `request_id`. */
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
    // The body is JSON text already, and the schemas of the route are for successes.
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
