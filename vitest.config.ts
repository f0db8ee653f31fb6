// The projects of Vitest, one for each suite in scripts/suites.mjs.
import { defineConfig } from 'vitest/config'
import { SUITES } from './scripts/suites.mjs'

const MINUTE = 60_000

// For tests that start processes. The limit only ends tests that hang: the tests themselves check promised times.
const LONGEST = 5 * MINUTE

type Name = keyof typeof SUITES

const filesOf = (name: Name) => ({ name, include: [...SUITES[name].files], exclude: [...SUITES[name].except] })

const realProcesses = (name: Name) => ({
  test: {
    ...filesOf(name),
    pool: 'forks' as const,
    // Server, clients and test of one file use more than a core. A second file of the suite would disturb its timings.
    fileParallelism: false,
    testTimeout: name === 'long' ? 60 * MINUTE : LONGEST,
    hookTimeout: LONGEST,
    sequence: { groupOrder: name === 'long' ? 2 : 1 },
  },
})

const fast = {
  test: {
    ...filesOf('fast'),
    // A fresh process for each file would cost ten times as much; our modules keep no state that could leak.
    pool: 'forks' as const,
    isolate: false,
    // Vitest would leave one of two cores idle, and many tests wait for a socket or a timer.
    maxWorkers: 3,
    testTimeout: MINUTE,
    hookTimeout: MINUTE,
    // The default is a second.
    expect: { poll: { timeout: MINUTE / 2 } },
  },
}

const names = Object.keys(SUITES) as Name[]

// For `npm run check -- --coverage`.
const coverage = {
  provider: 'v8' as const,
  include: ['packages/*/src/**/*.{ts,tsx}'],
  reporter: ['json-summary', 'html'],
  // So that a failing test does not prevent the report.
  reportOnFailure: true,
  reportsDirectory: 'coverage/report',
}

export default defineConfig({
  test: { coverage, projects: [fast, ...names.filter((name) => SUITES[name].kind === 'processes').map(realProcesses)] },
})
