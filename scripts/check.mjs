// `npm run check`, for each commit: types, lint, format, language, and the fast tests that the changes can break.
// With --coverage it runs all fast tests and reports how much of the code they run.
import { conclude } from './steps/conclude.mjs'
import { coverageLines } from './steps/coverage.mjs'
import { openRun } from './steps/open-run.mjs'
import { staticSteps, suite } from './steps/step.mjs'

const words = process.argv.slice(2)
const isMeasured = words.includes('--coverage')
if (words.some((word) => word !== '--coverage')) {
  console.error('Unknown argument. Use "npm run check" or "npm run check -- --coverage".')
  process.exit(2)
}

const run = openRun()
const outcome = await run.runSteps([...staticSteps('changed'), suite('fast', isMeasured ? 'coverage' : 'changed')])
const interruptedBy = run.close()
if (isMeasured && interruptedBy === undefined) console.log(`\n${coverageLines().join('\n')}`)
conclude(outcome, interruptedBy)
