// Finds the test files that cannot run in full because a program is missing, and reports everything that a run left
// out.
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { has, PROGRAMS } from './programs.mjs'
import { SUITES } from './suites.mjs'

/** @typedef {import('./programs.mjs').Program} Program */
/** @typedef {import('./suites.mjs').SuiteName} SuiteName */
/** @typedef {{ suite: SuiteName, file: string, missing: readonly Program[] }} Incomplete */

/**
 * @param {readonly SuiteName[]} suites
 * @param {(program: Program) => boolean} [isHere]
 * @param {string} [root] the checkout
 * @returns {Incomplete[]} the test files of the suites that need a program which is not installed
 */
export function incompleteFiles(suites, isHere = has, root = join(import.meta.dirname, '..')) {
  const programs = /** @type {Program[]} */ (Object.keys(PROGRAMS))
  return suites
    .flatMap((suite) =>
      globSync(SUITES[suite].files, { cwd: root, exclude: SUITES[suite].except })
        .sort()
        .map((file) => {
          const text = readFileSync(join(root, file), 'utf8')
          return { suite, file, missing: programs.filter((name) => text.includes(`has('${name}')`) && !isHere(name)) }
        }),
    )
    .filter(({ missing }) => missing.length > 0)
}

/**
 * Returns lines that list the files that need a missing program, under the command that installs the program.
 * @param {readonly Incomplete[]} incomplete
 */
export function missingProgramLines(incomplete) {
  const commands = new Map()
  for (const { suite, file, missing } of incomplete)
    for (const command of new Set(missing.map((program) => PROGRAMS[program].install))) {
      const suites = commands.get(command) ?? new Map()
      suites.set(suite, [...(suites.get(suite) ?? []), basename(file, '.test.ts')])
      commands.set(command, suites)
    }
  return [...commands].flatMap(([command, suites]) => [
    `  ${command}`,
    ...[...suites].map(([suite, files]) => `    ${suite}: ${files.join(', ')}`),
  ])
}

/**
 * Returns lines that list everything that a run left out, with the command that runs it. Empty if the run was complete.
 * @param {readonly Incomplete[]} incomplete
 * @param {Pick<import('./test-plan.mjs').Plan, 'leftOut' | 'checks'>} plan
 */
export function notRunLines(incomplete, { leftOut, checks }) {
  const lines = []
  if (incomplete.length > 0)
    lines.push('Not run, or not in full, until a program is installed:', ...missingProgramLines(incomplete))
  const short = leftOut.filter((suite) => suite !== 'long')
  if (checks === 'left_out' || leftOut.length > 0) lines.push('Not part of this run:')
  if (short.length > 0) lines.push(`  npm test -- --all    the suites ${short.join(', ')}`)
  if (checks === 'left_out') lines.push('  npm run check        lint, types, format, generated files')
  if (leftOut.includes('long')) lines.push('  npm run test:long    the full-length races, crashes and fleets')
  return lines
}
