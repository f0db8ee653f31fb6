// The suites: `fast` on every change, `e2e` with real processes, `browser` and `doors` the same for the console and for
// guards, gateway and proxies, `databases` for PostgreSQL servers that fail, move and come back, `long` for the
// full-length races and crashes.
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

// For tests with processes of their own. Only what never ends is ended: what is promised about time they state themselves.
const LONGEST = 5 * MINUTE

// Server, clients and test of one file fill a core and more; a second file of the suite beside it would blur its timings.
const realProcesses = { pool: 'forks', fileParallelism: false } as const

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['packages/*/test/{unit,contract,http,requirements}/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          // A fresh process for each file would cost ten times as much; our modules keep no state that could leak.
          pool: 'forks',
          isolate: false,
          // Vitest would leave one of two cores alone; and many a test waits for a socket or a timer.
          maxWorkers: 3,
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/**/*.long.test.ts', 'e2e/browser/**', 'e2e/{guard,gateway,proxies}/**'],
          ...realProcesses,
          testTimeout: LONGEST,
          hookTimeout: LONGEST,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['e2e/browser/**/*.test.ts'],
          ...realProcesses,
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'doors',
          include: ['e2e/{guard,gateway,proxies}/**/*.test.ts'],
          exclude: ['e2e/**/*.long.test.ts'],
          ...realProcesses,
          testTimeout: LONGEST,
          hookTimeout: LONGEST,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'databases',
          include: ['packages/latchkey/test/databases/**/*.test.ts'],
          ...realProcesses,
          testTimeout: LONGEST,
          hookTimeout: LONGEST,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['e2e/**/*.long.test.ts'],
          ...realProcesses,
          testTimeout: 60 * MINUTE,
          hookTimeout: MINUTE,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
