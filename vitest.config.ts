// The suites: `fast` on every change; suites of real processes, which run beside each other; and `long` for the
// full-length races and crashes.
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

// For tests with processes of their own. Only what never ends is ended: what is promised about time they state themselves.
const LONGEST = 5 * MINUTE

const LONG = 'e2e/**/*.long.test.ts'

/** Each a suite of real processes, with its files; `e2e` has all the others of its folder. */
const BESIDE_E2E = {
  // The console.
  browser: ['e2e/browser/**/*.test.ts'],
  // Several servers, or many processes.
  fleets: ['e2e/{fleet,history,replicas}/**/*.test.ts'],
  // PostgreSQL servers that fail, move and come back.
  databases: ['packages/latchkey/test/databases/**/*.test.ts'],
  // Guards, gateway and proxies.
  doors: ['e2e/{gateway,guard,proxies}/**/*.test.ts'],
  // Programs of others, of the documentation, and the command line.
  clients: ['e2e/{clients,documentation}/**/*.test.ts', 'e2e/{cli,mock}*.test.ts'],
}

const realProcesses = (name: string, include: readonly string[], exclude: readonly string[] = [LONG]) => ({
  test: {
    name,
    include: [...include],
    exclude: [...exclude],
    pool: 'forks' as const,
    // Server, clients and test of one file fill a core and more; a second file of the suite beside it would blur its timings.
    fileParallelism: false,
    testTimeout: LONGEST,
    hookTimeout: LONGEST,
    sequence: { groupOrder: 1 },
  },
})

const long = realProcesses('long', [LONG], [])

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
          // A second by itself.
          expect: { poll: { timeout: MINUTE / 2 } },
        },
      },
      realProcesses('e2e', ['e2e/**/*.test.ts'], [LONG, ...Object.values(BESIDE_E2E).flat()]),
      ...Object.entries(BESIDE_E2E).map(([name, files]) => realProcesses(name, files)),
      { test: { ...long.test, testTimeout: 60 * MINUTE, sequence: { groupOrder: 2 } } },
    ],
  },
})
