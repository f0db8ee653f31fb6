// The suites of tests, and the files of each. vitest.config.ts makes a project of each suite, and `npm test` runs them.

const LONG = 'e2e/**/*.long.test.ts'
/** Files that e2e/packages installs for its runtimes. */
const INSTALLED = '**/node_modules/**'

/**
 * @typedef {object} Suite
 * @property {string[]} files patterns, from the root of the checkout
 * @property {string[]} except patterns of files that belong to other suites
 * @property {'unit' | 'processes'} kind `processes`: each test file starts processes of its own
 */

// The e2e tests that guard the promise: no superseded or ended token is accepted again, and no acknowledged token is
// lost. They need only Node, and some of them strace if it is installed.
const PROMISE = [
  ...['sync-before-answer', 'crash', 'races', 'contention', 'effects-in-flight', 'key-rotation', 'damaged-log'],
  ...['second-start', 'history/judge', 'guard/refusals', 'guard/cut-off', 'guard/restored-store'],
].map((name) => `e2e/${name}.test.ts`)

/** @param {string[]} files @param {string[]} [except] @returns {Suite} */
const processes = (files, except = [LONG, ...PROMISE]) => ({
  files,
  except: [INSTALLED, ...except],
  kind: 'processes',
})

/** The suites of e2e tests that have a subject of their own. */
const BESIDE_E2E = {
  // Tests of the promise of at most one live token, with real processes.
  promise: processes(PROMISE, []),
  // The console.
  browser: processes(['e2e/browser/**/*.test.ts']),
  // Several servers, or many client processes.
  fleets: processes(['e2e/{fleet,history,replicas}/**/*.test.ts']),
  // PostgreSQL servers that fail, move and return.
  databases: processes(['packages/latchkey/test/databases/**/*.test.ts']),
  // Guards, gateway and proxies.
  doors: processes(['e2e/{gateway,guard,proxies}/**/*.test.ts']),
  // Third-party programs, the pages of the documentation, and the command line.
  clients: processes(['e2e/{clients,documentation}/**/*.test.ts', 'e2e/{cli,mock}*.test.ts']),
  // What is installed: the packed packages and the other files of a release.
  release: processes(['e2e/{packages,release}/**/*.test.ts']),
}

/** @satisfies {Record<string, Suite>} */
export const SUITES = {
  // The unit, contract, http and requirements tests.
  fast: {
    files: [
      'packages/*/test/{unit,contract,http,requirements}/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    except: [],
    kind: 'unit',
  },
  ...BESIDE_E2E,
  // All other files of e2e.
  e2e: processes(['e2e/**/*.test.ts'], [LONG, ...Object.values(BESIDE_E2E).flatMap(({ files }) => files)]),
  // The full-length races, crashes, fail-overs and fleets.
  long: processes([LONG], []),
}

/** @typedef {keyof typeof SUITES} SuiteName */
