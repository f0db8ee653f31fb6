// `npm run check`: what to run before each commit. Types, lint, format, and the fast tests that the changes can break.
import { conclude, runSteps, staticSteps, suite } from './steps.mjs'

conclude(await runSteps([...staticSteps('changed'), suite('fast', 'captured', 'changed')]))
