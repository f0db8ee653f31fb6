// Problem details (RFC 9457): the answer of the admin API to a request that it refuses or cannot carry out.
import type { FastifyReply } from 'fastify'
import { type ProblemCode, PROBLEMS } from './problem-catalog.ts'

/** One error in the request, and its place. */
export type ProblemPlace =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string }

export interface Problem {
  /** The code, for programs. The catalog has its status and title. */
  readonly code: ProblemCode
  /** How to solve this problem. */
  readonly detail: string
  readonly errors?: readonly ProblemPlace[]
  /** The members of the document that only this code has (RFC 9457 §3.2). */
  readonly extension?: Readonly<Record<string, unknown>>
}

/** The body of a problem answer. Some codes add members: see `extension`. */
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
    // The body is JSON text already, and the schemas of the route describe only successes.
    .serializer((body) => String(body))
    .send(problemBody(problem, reply.request.id))

export const invalidRequest = (detail: string, ...errors: readonly ProblemPlace[]): Problem => ({
  code: 'invalid_request',
  detail,
  ...(errors.length > 0 && { errors }),
})

/**
 * Makes the problem for one invalid member of the body. `detail` continues a sentence that begins with the pointer:
 * "must be …".
 */
export const unusableMember = (pointer: string, detail: string): Problem =>
  invalidRequest(`${pointer} ${detail}.`, { pointer, detail })

/** Makes the problem for one invalid query parameter. */
export const unusableParameter = (parameter: string, detail: string): Problem =>
  invalidRequest(`The query parameter ${parameter} ${detail}.`, { parameter, detail })

type CodeWithStatus<Status> = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code]['status'] extends Status ? Code : never
}[ProblemCode]

export const notFound = (code: CodeWithStatus<404>, detail: string): Problem => ({ code, detail })
