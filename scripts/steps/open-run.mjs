// Runs steps, several at a time, shows their progress, and ends all their processes when a signal arrives.
import { startGroup } from './child-group.mjs'
import { openDisplay } from './display.mjs'
import { advance, NO_PROGRESS, tallyAtExit } from './progress.mjs'
import { addUp } from './tally.mjs'

/** @typedef {import('./child-group.mjs').ChildGroup} ChildGroup */
/** @typedef {import('./progress-line.mjs').StepState} StepState */
/** @typedef {import('./progress.mjs').FailedTest} FailedTest */
/** @typedef {import('./progress.mjs').Message} Message */
/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./tally.mjs').Tally} Tally */

/**
 * @typedef {object} Pace
 * @property {number} lanes how many steps run at a time
 * @property {'normal' | 'low'} priority low: the steps get what the others leave of the processors
 *
 * @typedef {object} Outcome
 * @property {Tally} tally
 * @property {string[]} failedChecks what failed and is not a test: a check, a suite that ended early, a file not run
 * in full
 * @property {FailedTest[]} failedTests
 *
 * @typedef {object} Run
 * @property {(text: string) => void} print
 * @property {(steps: readonly Step[], pace?: Partial<Pace>) => Promise<Outcome>} runSteps begins the steps in their
 * order
 * @property {() => NodeJS.Signals | undefined} close returns the signal that interrupted the run, if one did
 */

const CORES = 2
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/** @returns {Run} */
export function openRun() {
  /** @type {Map<() => StepState, ChildGroup>} */
  const running = new Map()
  /** @type {Set<Step>} */
  const waiting = new Set()
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy
  const display = openDisplay(process.stdout, () => ({
    running: [...running.keys()].map((state) => state()),
    waiting: [...waiting].map(({ name }) => name),
  }))

  /** @param {NodeJS.Signals} signal */
  const interrupt = (signal) => {
    const groups = [...running.values()]
    // A second signal means that the user wants to end at once.
    if (interruptedBy !== undefined) for (const group of groups) group.kill()
    else display.print('Interrupted: ending the processes of the tests.')
    interruptedBy = signal
    // No further step begins.
    waiting.clear()
    for (const group of groups) void group.end()
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)

  /** @param {Step} step @param {Pace['priority']} priority @returns {Promise<Outcome>} */
  const runStep = async (step, priority) => {
    const began = performance.now()
    let progress = step.kind === 'suite' ? NO_PROGRESS : undefined
    /** @param {StepState['status']} status @returns {StepState} */
    const stateAs = (status) => ({ name: step.name, status, milliseconds: performance.now() - began, progress })
    const state = () => stateAs('run')
    const onMessage = (/** @type {unknown} */ received) => {
      const message = /** @type {Message} */ (received)
      if (progress === undefined) return
      const before = progress.failures.length
      progress = advance(progress, message)
      for (const failure of progress.failures.slice(before)) display.print(`FAIL ${nameOfTest(failure)}`)
      if (message.kind === 'logged' && step.logs === 'shown') display.print(`${step.name}: ${message.text}`)
    }
    const channel = step.kind === 'suite' ? 'messages' : 'no_messages'
    const group = startGroup(step.args, { priority, channel, onMessage })
    running.set(state, group)
    display.began(state())
    const { code, output } = await group.ended
    if (interruptedBy !== undefined) await group.end()
    running.delete(state)
    if (interruptedBy !== undefined) {
      display.ended(stateAs('stop'))
      return { tally: addUp([]), failedChecks: [], failedTests: [] }
    }
    const tally = tallyAtExit(progress, code)
    if (progress !== undefined) progress = { ...progress, tally }
    display.ended(stateAs(tally.failed === 0 ? 'ok' : 'FAIL'))
    if (tally.failed > 0 && output !== '') display.print(`\n${output}\n`)
    const failedTests = [...(progress?.failures ?? [])]
    return { tally, failedChecks: tally.failed > 0 && failedTests.length === 0 ? [step.name] : [], failedTests }
  }

  /** @type {Run['runSteps']} */
  const runSteps = async (steps, { lanes = CORES, priority = 'normal' } = {}) => {
    const queue = interruptedBy === undefined ? [...steps] : []
    for (const step of queue) waiting.add(step)
    /** @type {Outcome[]} */
    const outcomes = []
    const lane = async () => {
      for (let next = queue.shift(); next !== undefined && waiting.delete(next); next = queue.shift())
        outcomes.push(await runStep(next, priority))
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return joinOutcomes(outcomes)
  }

  const close = () => {
    display.close()
    for (const signal of SIGNALS) process.off(signal, interrupt)
    return interruptedBy
  }
  return { print: display.print, runSteps, close }
}

/** @param {FailedTest} test */
export function nameOfTest({ file, title }) {
  return `${file} > ${title}`
}

/** @param {readonly Outcome[]} outcomes @returns {Outcome} */
export function joinOutcomes(outcomes) {
  return {
    tally: addUp(outcomes.map(({ tally }) => tally)),
    failedChecks: outcomes.flatMap(({ failedChecks }) => failedChecks),
    failedTests: outcomes.flatMap(({ failedTests }) => failedTests),
  }
}
