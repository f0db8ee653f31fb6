// `npm test`: everything that the programs of this machine allow, and at the end what was not run and how to run it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { has, PROGRAMS } from './programs.mjs'
import { addUp, conclude, runSteps, staticSteps, suite } from './steps.mjs'

/** @typedef {import('./programs.mjs').Program} Program */

const root = join(import.meta.dirname, '..')
const long = process.argv.includes('--long')

/** @returns {{ file: string, missing: Program[] }[]} the test files that ask for a program which is not here */
function incompleteSuites() {
  const programs = /** @type {Program[]} */ (Object.keys(PROGRAMS))
  return globSync(['e2e/**/*.test.ts', 'packages/*/test/**/*.test.ts'], { cwd: root })
    .filter((file) => long || !file.endsWith('.long.test.ts'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return { file, missing: programs.filter((name) => text.includes(`has('${name}')`) && !has(name)) }
    })
    .filter(({ missing }) => missing.length > 0)
}

// Nothing waits for these, so they take what the tests leave of the processors.
const statics = runSteps(staticSteps('everything'), { lanes: 1, priority: 'low' })
const tallies = [await runSteps([suite('fast', 'captured')])]
// Three on two cores: each waits half of its time, for a page, a disk or a time-out. The longest first, so that all end
// at about the same time.
const beside = /** @type {const} */ (['browser', 'fleets', 'databases', 'doors', 'clients'])
tallies.push(
  await runSteps([suite('e2e', 'live'), ...beside.map((name) => suite(name, 'captured'))], { lanes: 3 }),
  await statics,
)
if (long) tallies.push(await runSteps([suite('long', 'live')]))

const incomplete = incompleteSuites()
const hasLong = globSync('e2e/**/*.long.test.ts', { cwd: root }).length > 0
if (incomplete.length > 0 || (hasLong && !long)) console.log('\nNot run, or not in full:')
for (const { file, missing } of incomplete)
  for (const name of missing) console.log(`  ${file}: ${name} is missing (${PROGRAMS[name].install})`)
if (hasLong && !long) console.log('  the full-length races, crashes and fleets: npm run test:long')
console.log()

// On a machine that is there to test, a suite left out is a suite failed.
const failed = process.env['CI'] === 'true' ? incomplete.length : 0
conclude(addUp([...tallies, { passed: 0, failed, skipped: 0 }]))
