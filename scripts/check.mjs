// `npm run check`: what to run before each commit. Types, lint, format and the fast tests.
import { conclude, runSteps, staticSteps, suite } from './steps.mjs'

conclude(await runSteps([...staticSteps(), suite('fast', 'captured')]))
