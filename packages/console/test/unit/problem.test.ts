// Refusals, and servers that do not answer, as errors of the console.
import { describe, expect, test } from 'vitest'
import {
  isProblem,
  isSessionOver,
  isWorthRetrying,
  NoAnswerError,
  ProblemError,
  problemOf,
} from '../../src/api/problem.ts'

const refused = (body: string, headers: Record<string, string> = {}, status = 409) =>
  problemOf(new Response(body, { status, headers }))

describe('an answer', () => {
  test('with a problem document gives the problem and when to try again', async () => {
    const body = JSON.stringify({ code: 'scope_exists', title: 'There is one', detail: 'Choose another name.' })
    const problem = await refused(body, { 'retry-after': '7' })
    expect(problem).toMatchObject({ status: 409, code: 'scope_exists', message: 'Choose another name.', retryAfter: 7 })
  })

  test('without a detail has its title as text, and has its status as text if it has no title either', async () => {
    expect((await refused('{"title":"There is one"}')).message).toBe('There is one')
    expect((await refused('{}')).message).toBe('The server answered 409.')
  })

  test.each(['<html>Bad gateway</html>', '', 'null', '[]', '"text"', '{"code"'])(
    'of a proxy is a problem without a document: %s',
    async (body) => {
      const problem = await refused(body, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 502)
      expect(problem).toMatchObject({ status: 502, code: 'unknown', message: 'The server answered 502.' })
      expect([problem.retryAfter, problem.errors]).toEqual([undefined, []])
    },
  )
})

test('a problem of a list entry is shown at the list, and not at a member whose name only begins with the same letters', () => {
  const problem = new ProblemError(400, {
    errors: [
      { parameter: 'limit', detail: 'is no number' },
      { pointer: '/scopes/0', detail: 'is unknown' },
    ],
  })
  expect(problem.detailAt('/scopes')).toBe('is unknown')
  expect(problem.detailAt('/scope')).toBeUndefined()
})

test('a problem is identified by its code', () => {
  const stale = new ProblemError(412, { code: 'stale_version' })
  expect(isProblem(stale, 'stale_version')).toBe(true)
  expect(isProblem(stale, 'unknown_integration')).toBe(false)
  expect(isProblem(new Error('stale_version'), 'stale_version')).toBe(false)
})

test.each([
  [0, new NoAnswerError('refused'), true],
  [1, new ProblemError(503, {}), true],
  [2, new ProblemError(503, {}), false],
  [0, new ProblemError(404, {}), false],
  [0, new ProblemError(429, {}), false],
])('after %i retries of %s the console tries again: %s', (count, error, isWorth) => {
  expect(isWorthRetrying(count, error)).toBe(isWorth)
})

test('a wrong password does not end the session', () => {
  expect(isSessionOver(new ProblemError(401, { code: 'session_ended' }))).toBe(true)
  expect(isSessionOver(new ProblemError(401, { code: 'sign_in_failed' }))).toBe(false)
  expect(isSessionOver(new ProblemError(403, { code: 'role_too_low' }))).toBe(false)
  expect(isSessionOver(new NoAnswerError('refused'))).toBe(false)
})
