// The steps of `npm run check` and `npm test`: the static checks and the suites of tests.
import { join } from 'node:path'

/** @typedef {import('../suites.mjs').SuiteName} SuiteName */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {'check' | 'suite'} kind `suite`: a run of Vitest, which reports its progress
 * @property {string[]} args what Node runs
 * @property {'hidden' | 'shown'} logs shown: what the tests log is printed at once, because they log measurements
 */

const tool = (/** @type {string} */ path) => join(import.meta.dirname, '../../node_modules', path)

/** The folder for caches between runs. */
export const cache = tool('.cache/latchkey')

/**
 * Returns the steps that need no running server. The longest comes first, so that two cores finish at about the same
 * time.
 * @param {'everything' | 'changed'} extent `changed` skips a file that was linted before and is the same, though a file
 * that it imports may have changed.
 * @returns {Step[]}
 */
export function staticSteps(extent) {
  const lintCache =
    extent === 'changed' ? ['--cache', '--cache-strategy=content', `--cache-location=${cache}/eslint`] : []
  const formatCache = ['--cache', `--cache-location=${cache}/prettier`]
  return [
    check('lint', tool('eslint/bin/eslint.js'), ...lintCache, '.'),
    check('types', tool('typescript/bin/tsc'), '-b'),
    check('format', tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', ...formatCache, '.'),
    check('generated', join(import.meta.dirname, '../generate.mjs'), '--check'),
    check('reference', join(import.meta.dirname, '../reference.mjs'), '--check'),
    check('language', join(import.meta.dirname, '../language.mjs')),
    check('names', join(import.meta.dirname, '../names.mjs')),
  ]
}

/** @param {string} name @param {string[]} args @returns {Step} */
function check(name, ...args) {
  return { name, kind: 'check', args, logs: 'hidden' }
}

/**
 * @param {SuiteName} name
 * @param {'everything' | 'changed' | 'coverage'} [extent] `changed` runs the test files that depend on uncommitted
 * changes. `coverage` runs everything and measures which code it runs.
 * @returns {Step}
 */
export function suite(name, extent = 'everything') {
  const affected = extent === 'changed' ? ['--changed', '--passWithNoTests'] : []
  const measured = extent === 'coverage' ? ['--coverage.enabled'] : []
  // The reporter `minimal` prints only failing tests, with what they logged.
  const reporters = ['--reporter=minimal', `--reporter=${join(import.meta.dirname, 'progress-reporter.mjs')}`]
  return {
    name,
    kind: 'suite',
    args: [tool('vitest/vitest.mjs'), 'run', '--project', name, ...affected, ...measured, ...reporters],
    logs: name === 'long' ? 'shown' : 'hidden',
  }
}
