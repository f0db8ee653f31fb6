// The progress of a running suite, computed from the messages of its process.

/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {{ file: string, title: string }} FailedTest `title` names the test with its groups */

/**
 * The messages of the process of a suite, from first to last.
 * @typedef {{ kind: 'found', files: number }
 *   | { kind: 'file_began', file: string }
 *   | { kind: 'test_ended', outcome: 'passed' | 'failed' | 'skipped', test: FailedTest }
 *   | { kind: 'logged', text: string }
 *   | { kind: 'file_ended' }
 *   | { kind: 'ended', tally: Tally, broken: FailedTest[] }} Message `broken`: files that failed without a failing test
 */

/**
 * @typedef {object} Progress
 * @property {number | undefined} files how many test files the suite has. Undefined until Vitest has found them
 * @property {number} filesEnded
 * @property {Tally} tally of the tests that ended
 * @property {readonly FailedTest[]} failures
 * @property {string | undefined} current the test file that began last. Undefined before the first and after the end
 * @property {boolean} complete true once the suite has reported its end
 */

/** @type {Progress} */
export const NO_PROGRESS = Object.freeze({
  files: undefined,
  filesEnded: 0,
  tally: Object.freeze({ passed: 0, failed: 0, skipped: 0 }),
  failures: Object.freeze([]),
  current: undefined,
  complete: false,
})

/** @param {Progress} progress @param {Message} message @returns {Progress} */
export function advance(progress, message) {
  switch (message.kind) {
    case 'found':
      return { ...progress, files: message.files }
    case 'file_began':
      return { ...progress, current: message.file }
    case 'test_ended': {
      const { outcome, test } = message
      const tally = { ...progress.tally, [outcome]: progress.tally[outcome] + 1 }
      return { ...progress, tally, failures: outcome === 'failed' ? [...progress.failures, test] : progress.failures }
    }
    case 'logged':
      return progress
    case 'file_ended':
      return { ...progress, filesEnded: progress.filesEnded + 1 }
    case 'ended': {
      const { tally, broken } = message
      return { ...progress, tally, failures: [...progress.failures, ...broken], current: undefined, complete: true }
    }
  }
}

/**
 * Returns the final counts of a step whose process ended with this exit code. A step that is not a suite counts as one
 * test.
 * @param {Progress | undefined} progress undefined for a step that is not a suite
 * @param {number | null} code
 * @returns {Tally}
 */
export function tallyAtExit(progress, code) {
  if (progress === undefined) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  // The exit code must be 0 too: after a crash or an unhandled rejection the suite has failed although no test has.
  if (code === 0 && progress.complete) return progress.tally
  return { ...progress.tally, failed: Math.max(1, progress.tally.failed) }
}
