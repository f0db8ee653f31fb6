// `npm run check`: what to run before each commit. Types, lint, format, and the fast tests that the changes can break.
import { conclude } from './steps/conclude.mjs'
import { openRun } from './steps/open-run.mjs'
import { staticSteps, suite } from './steps/step.mjs'

const run = openRun()
const outcome = await run.runSteps([...staticSteps('changed'), suite('fast', 'changed')])
conclude(outcome, run.close())
