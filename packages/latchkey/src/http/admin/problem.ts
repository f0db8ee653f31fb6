// What the admin API says when it says no, or when it failed: RFC 9457 problem details.
import type { FastifyReply } from 'fastify'

/** What is wrong at one place of the request. */
export type ProblemPlace =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string }

export interface Problem {
  readonly status: number
  /** Stable, for programs. */
  readonly code: string
  /** The same for every problem of this code. */
  readonly title: string
  /** What to do about this one. */
  readonly detail: string
  readonly errors?: readonly ProblemPlace[]
}

export const PROBLEM_TYPE = 'application/problem+json'

/** RFC 9457 §3.1, with the members `code`, `errors` and `request_id`. */
export const problemBody = ({ status, code, title, detail, errors }: Problem, requestId: string): string =>
  JSON.stringify({ type: `/problems#${code}`, title, status, detail, code, errors, request_id: requestId })

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    // The body is text already: the schemas of the answers are for what went well.
    .serializer((body) => String(body))
    .send(problemBody(problem, reply.request.id))

export const invalidRequest = (detail: string, ...errors: readonly ProblemPlace[]): Problem => ({
  status: 400,
  code: 'invalid_request',
  title: 'The request is not usable as it is',
  detail,
  ...(errors.length > 0 && { errors }),
})

export const notFound = (code: string, detail: string): Problem => ({
  status: 404,
  code,
  title: 'There is no such thing here',
  detail,
})
