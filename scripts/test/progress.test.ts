// The counts of a suite, computed from the messages of its process.
import { expect, test } from 'vitest'
import { advance, type Message, NO_PROGRESS, tallyAtExit } from '../steps/progress.mjs'

const A_TEST = { file: 'a.test.ts', title: 'group > does it' }
const after = (...messages: readonly Message[]) => messages.reduce(advance, NO_PROGRESS)

test('a suite counts its files and its tests while it runs', () => {
  const progress = after(
    { kind: 'found', files: 3 },
    { kind: 'file_began', file: 'a.test.ts' },
    { kind: 'test_ended', outcome: 'passed', test: A_TEST },
    { kind: 'logged', text: 'seed: 1' },
    { kind: 'test_ended', outcome: 'skipped', test: A_TEST },
    { kind: 'test_ended', outcome: 'failed', test: A_TEST },
    { kind: 'file_ended' },
    { kind: 'file_began', file: 'b.test.ts' },
  )
  expect(progress).toEqual({
    files: 3,
    filesEnded: 1,
    tally: { passed: 1, failed: 1, skipped: 1 },
    failures: [A_TEST],
    current: 'b.test.ts',
    complete: false,
  })
})

test('after the report of its end, a suite has the counts of that report', () => {
  const tally = { passed: 7, failed: 0, skipped: 2 }
  expect(tallyAtExit(after({ kind: 'ended', tally, broken: [] }), 0)).toEqual(tally)
})

test('a file that fails outside its tests counts as a failure', () => {
  const broken = [{ file: 'b.test.ts', title: 'failed outside its tests' }]
  const progress = after({ kind: 'ended', tally: { passed: 7, failed: 1, skipped: 0 }, broken })
  expect(progress.failures).toEqual(broken)
})

test('a suite whose process failed although no test failed has one failure', () => {
  const tally = { passed: 7, failed: 0, skipped: 0 }
  expect(tallyAtExit(after({ kind: 'ended', tally, broken: [] }), 1)).toEqual({ ...tally, failed: 1 })
})

test('a suite whose process ended without a report has one failure, whatever its exit code is', () => {
  const cutShort = after({ kind: 'found', files: 3 }, { kind: 'test_ended', outcome: 'passed', test: A_TEST })
  for (const code of [0, null]) expect(tallyAtExit(cutShort, code)).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test('a check counts as one test', () => {
  expect(tallyAtExit(undefined, 0)).toEqual({ passed: 1, failed: 0, skipped: 0 })
  expect(tallyAtExit(undefined, 2)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})
