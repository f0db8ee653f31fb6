// Decides which suites `npm test` runs: by default those that guard the promise, with --all or CI=true all, with --long
// the full-length ones too.
import { SUITES } from './suites.mjs'

/** @typedef {import('./suites.mjs').SuiteName} SuiteName */
/** @typedef {'promise' | 'all' | 'long'} Extent */

/**
 * @typedef {object} Plan
 * @property {string} title
 * @property {readonly { suites: readonly SuiteName[], lanes: number }[]} phases run one after the other; `lanes`
 * suites of a phase run at a time
 * @property {readonly SuiteName[]} leftOut
 * @property {'run' | 'left_out'} checks lint, types, format and generated files
 */

/** @type {Readonly<Record<Extent, Omit<Plan, 'leftOut'>>>} */
const PLANS = {
  promise: {
    title:
      'Running the fast tests and those that guard the promise: at most 4 minutes on two cores.\n' +
      'Everything: npm test -- --all',
    phases: [{ suites: ['promise', 'fast'], lanes: 2 }],
    checks: 'left_out',
  },
  all: {
    title: 'Running every suite: at least 10 minutes on two cores.',
    phases: [
      { suites: ['fast'], lanes: 1 },
      // Three suites run at a time on two cores, because each spends half of its time waiting for a page, a disk or a
      // timeout. The longest comes first, so that all end at about the same time.
      { suites: ['release', 'e2e', 'browser', 'fleets', 'promise', 'databases', 'doors', 'clients'], lanes: 3 },
    ],
    checks: 'run',
  },
  long: {
    title: 'Running every suite, and the full-length races, crashes and fleets: at least an hour.',
    phases: [],
    checks: 'run',
  },
}

/** @param {Extent} extent @returns {Plan} */
export function planOf(extent) {
  const plan = PLANS[extent]
  const phases =
    extent === 'long' ? [...PLANS.all.phases, { suites: /** @type {const} */ (['long']), lanes: 1 }] : plan.phases
  const chosen = phases.flatMap(({ suites }) => suites)
  const names = /** @type {SuiteName[]} */ (Object.keys(SUITES))
  return { ...plan, phases, leftOut: names.filter((name) => !chosen.includes(name)) }
}

/**
 * @param {readonly string[]} words the arguments
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Extent | undefined} undefined if an argument is unknown
 */
export function readExtent(words, env) {
  if (words.some((word) => word !== '--all' && word !== '--long')) return undefined
  if (words.includes('--long')) return 'long'
  return words.includes('--all') || env['CI'] === 'true' ? 'all' : 'promise'
}
