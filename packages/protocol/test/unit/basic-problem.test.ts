// The sentences that say how to fix each mistake in a Basic header.

import { describe, expect, test } from 'vitest'
import { BASIC_PROBLEMS, describeBasicProblem } from '../../src/basic-problem.ts'

describe('the description of a Basic problem', () => {
  test.each(BASIC_PROBLEMS)('is one or two short sentences that an error_description may hold: %s', (problem) => {
    const description = describeBasicProblem(problem)
    expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+\.$/)
    expect(description.length).toBeLessThanOrEqual(160)
    expect(description.split(/[.] (?=[A-Z])/).length).toBeLessThanOrEqual(2)
  })

  test('differs for each problem', () => {
    expect(new Set(BASIC_PROBLEMS.map(describeBasicProblem)).size).toBe(BASIC_PROBLEMS.length)
  })

  test('names the option that fixes each mistake in a shell command', () => {
    expect(describeBasicProblem('white_space')).toContain('base64 -w0')
    expect(describeBasicProblem('trailing_newline')).toContain('echo -n')
    expect(describeBasicProblem('unexpanded_command')).toContain('double quotes')
  })
})
