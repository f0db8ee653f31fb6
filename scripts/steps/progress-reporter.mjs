// Vitest's reporter for `npm test`: reports the progress of a suite to the process that started Vitest.

/** @typedef {import('./progress.mjs').Message} Message */
/** @typedef {import('vitest/node').Reporter} Reporter */
/** @typedef {import('vitest/node').TestCase} TestCase */
/** @typedef {import('vitest/node').TestModule} TestModule */

/** @param {Message} message */
function report(message) {
  // If the parent process is gone, the message is useless. `endWithParent` handles that case.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Ends Vitest when its parent was killed. Otherwise Vitest would run on for minutes. */
function endWithParent() {
  process.once('disconnect', () => process.exit(1))
  // The open channel must not keep Vitest alive after its last test.
  process.channel?.unref()
}

/** @param {TestCase} testCase */
const nameOf = (testCase) => ({ file: testCase.module.relativeModuleId, title: testCase.fullName })

/** @param {TestCase} testCase */
const outcomeOf = (testCase) => {
  const { state } = testCase.result()
  return state === 'pending' ? 'skipped' : state
}

/** @param {TestModule} testModule */
const testsOf = (testModule) => [...testModule.children.allTests()]

/** @implements {Reporter} */
export default class ProgressReporter {
  onInit() {
    endWithParent()
  }

  /** @param {readonly unknown[]} specifications */
  onTestRunStart(specifications) {
    report({ kind: 'found', files: specifications.length })
  }

  /** @param {TestModule} testModule */
  onTestModuleStart(testModule) {
    report({ kind: 'file_began', file: testModule.relativeModuleId })
  }

  /** @param {TestCase} testCase */
  onTestCaseResult(testCase) {
    report({ kind: 'test_ended', outcome: outcomeOf(testCase), test: nameOf(testCase) })
  }

  /** @param {import('vitest').UserConsoleLog} log */
  onUserConsoleLog({ content }) {
    report({ kind: 'logged', text: content.trimEnd() })
  }

  onTestModuleEnd() {
    report({ kind: 'file_ended' })
  }

  /** @param {readonly TestModule[]} testModules */
  onTestRunEnd(testModules) {
    const outcomes = testModules.flatMap((testModule) => testsOf(testModule).map(outcomeOf))
    // A file that could not be loaded, or whose `beforeAll` failed, has failed although it has no failing test.
    const broken = testModules
      .filter((testModule) => testModule.state() === 'failed')
      .filter((testModule) => !testsOf(testModule).some((testCase) => outcomeOf(testCase) === 'failed'))
      .map(({ relativeModuleId }) => ({ file: relativeModuleId, title: 'failed outside its tests' }))
    /** @param {string} wanted */
    const count = (wanted) => outcomes.filter((outcome) => outcome === wanted).length
    const tally = { passed: count('passed'), failed: count('failed') + broken.length, skipped: count('skipped') }
    report({ kind: 'ended', tally, broken })
  }
}
