// What is answered to a body that names a scope which is not there.
import type { Problem } from '../problems/problem.ts'

/** More than these would fill a page; the list has them all. */
const MOST_NAMED = 20

export function unknownScopeProblem(scope: string, known: readonly string[], pointer: string): Problem {
  const more = known.length - MOST_NAMED
  const names = [...known.slice(0, MOST_NAMED), ...(more > 0 ? [`${String(more)} more`] : [])]
  const existing = names.length === 0 ? 'It has none yet.' : `Its scopes are ${names.join(', ')}.`
  return {
    code: 'unknown_scope',
    detail: `${JSON.stringify(scope)} is no scope of this server. ${existing}`,
    errors: [{ pointer, detail: 'is no scope of this server' }],
  }
}
