// The error for a body that is refused as a whole while it is read.
import type { Problem } from '../problems/problem.ts'

/** Thrown before the body is validated against its schema. */
export class UnreadableBody extends Error {
  readonly statusCode = 400
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'UnreadableBody'
    this.problem = problem
  }
}
