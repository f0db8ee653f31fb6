// `npm test`: runs the suites of the plan and shows their progress. At the end it lists the suites that were not run,
// and how to run them.
import { incompleteFiles, notRunLines } from './not-run.mjs'
import { conclude } from './steps/conclude.mjs'
import { joinOutcomes, openRun } from './steps/open-run.mjs'
import { staticSteps, suite } from './steps/step.mjs'
import { planOf, readExtent } from './test-plan.mjs'

const extent = readExtent(process.argv.slice(2), process.env)
if (extent === undefined) {
  console.error('Unknown argument. Use "npm test", "npm test -- --all" or "npm run test:long".')
  process.exit(2)
}
const plan = planOf(extent)
console.log(`${plan.title}\n`)

const run = openRun()
const checks =
  plan.checks === 'run'
    ? // No other step waits for the checks, so they run with a low priority.
      run.runSteps(staticSteps('everything'), { lanes: 1, priority: 'low' })
    : joinOutcomes([])
const outcomes = []
for (const { suites, lanes } of plan.phases)
  outcomes.push(
    await run.runSteps(
      suites.map((name) => suite(name)),
      { lanes },
    ),
  )
outcomes.push(await checks)
const interruptedBy = run.close()

const incomplete = incompleteFiles(plan.phases.flatMap(({ suites }) => suites))
const notRun = notRunLines(incomplete, plan)
if (notRun.length > 0 && interruptedBy === undefined) console.log(`\n${notRun.join('\n')}`)
// With CI=true a test file that could not run in full is a failure.
const unmet = process.env['CI'] === 'true' ? incomplete.map(({ file }) => `${file} was not run in full`) : []
const unmetOutcome = { tally: { passed: 0, failed: unmet.length, skipped: 0 }, failedChecks: unmet, failedTests: [] }
conclude(joinOutcomes([...outcomes, unmetOutcome]), interruptedBy)
