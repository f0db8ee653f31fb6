// Ends a run: prints the names of failures and the last line, and sets the exit code.
import { constants } from 'node:os'
import { nameOfTest } from './open-run.mjs'
import { conclusion } from './tally.mjs'

/** @typedef {import('./open-run.mjs').Outcome} Outcome */

const MOST_NAMED = 20

/**
 * Prints the result and sets the exit code.
 * @param {Outcome} outcome
 * @param {NodeJS.Signals | undefined} interruptedBy
 */
export function conclude(outcome, interruptedBy) {
  if (interruptedBy !== undefined) {
    // An interrupted run has no result, because the steps that ended before the signal say nothing about the other
    // steps.
    console.log('\nThe run was interrupted and has no result. Every process of the tests has ended.')
    process.exitCode = 128 + constants.signals[interruptedBy]
    return
  }
  const lines = failureLines(outcome)
  if (lines.length > 0) console.log(`\n${lines.join('\n')}`)
  console.log(`\n${conclusion(outcome.tally)}`)
  process.exitCode = outcome.tally.failed > 0 ? 1 : 0
}

/** @param {Pick<Outcome, 'failedChecks' | 'failedTests'>} outcome @returns {string[]} empty if nothing failed */
export function failureLines({ failedChecks, failedTests }) {
  const names = [...failedChecks, ...failedTests.map(nameOfTest)]
  if (names.length === 0) return []
  const lines = ['Failed:', ...names.slice(0, MOST_NAMED).map((name) => `  ${name}`)]
  if (names.length > MOST_NAMED) lines.push(`  and ${names.length - MOST_NAMED} more`)
  const [first] = failedTests
  if (first !== undefined) lines.push(`To run one file again: npx vitest run ${first.file}`)
  return lines
}
