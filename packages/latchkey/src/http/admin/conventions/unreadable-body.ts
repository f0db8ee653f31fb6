// The error that is thrown while a body is read, if the server refuses the whole body.
import type { Problem } from '../problems/problem.ts'

/** Thrown before the server validates the body against its schema. */
export class UnreadableBody extends Error {
  readonly statusCode = 400
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'UnreadableBody'
    this.problem = problem
  }
}
