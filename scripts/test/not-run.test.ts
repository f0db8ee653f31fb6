// The list of suites that `npm test` prints at its end, with the commands that run them.
import { expect, test } from 'vitest'
import { incompleteFiles, type Incomplete, notRunLines } from '../not-run.mjs'
import { planOf } from '../test-plan.mjs'

const CURL_AND_BROWSER: readonly Incomplete[] = [
  { suite: 'browser', file: 'e2e/browser/first-run.test.ts', missing: ['chromium', 'curl'] },
  { suite: 'browser', file: 'e2e/browser/keyboard.test.ts', missing: ['chromium'] },
  { suite: 'clients', file: 'e2e/clients/curl.test.ts', missing: ['curl'] },
]

test('a file that needs a missing program is listed below the command that installs the program', () => {
  expect(notRunLines(CURL_AND_BROWSER, { leftOut: [], checks: 'run' })).toEqual([
    'Not run, or not in full, until a program is installed:',
    '  apt-get install -y chromium',
    '    browser: first-run, keyboard',
    '  apt-get install -y curl',
    '    browser: first-run',
    '    clients: curl',
  ])
})

test('a suite outside the default is listed with the command that runs it', () => {
  expect(notRunLines([], planOf('promise'))).toEqual([
    'Not part of this run:',
    '  npm test -- --all    the suites browser, fleets, databases, doors, clients, release, e2e',
    '  npm run check        lint, types, format, generated files',
    '  npm run test:long    the full-length races, crashes and fleets',
  ])
})

test('after a run of everything, only the full-length suite is listed', () => {
  expect(notRunLines([], planOf('all'))).toEqual([
    'Not part of this run:',
    '  npm run test:long    the full-length races, crashes and fleets',
  ])
  expect(notRunLines([], planOf('long'))).toEqual([])
})

test('the list of needed programs is read from the test files themselves', () => {
  const withoutStrace = incompleteFiles(['promise'], (program) => program !== 'strace')
  expect(withoutStrace).toEqual([{ suite: 'promise', file: 'e2e/sync-before-answer.test.ts', missing: ['strace'] }])
  expect(incompleteFiles(['promise', 'browser'], () => true)).toEqual([])
})
