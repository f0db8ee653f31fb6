// The steps that `npm run check` and `npm test` are made of, and how they are run: one line each, the output of a failing one in full.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} args what Node is to run
 * @property {'captured' | 'live'} output live for what takes minutes, so that one sees it move
 * @property {string} [report] where Vitest leaves its results; a step without it counts as one test
 *
 * @typedef {object} Pace
 * @property {number} lanes how many steps run at a time
 * @property {'normal' | 'low'} priority low: they get what the processors have left, and slow nothing else down
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

const CORES = 2

const tool = (/** @type {string} */ path) => join(import.meta.dirname, '..', 'node_modules', path)
const cache = tool('.cache/latchkey')

/**
 * The steps that need no running server, the longest first: on two cores they then end at about the same time.
 * @param {'everything' | 'changed'} extent `changed`: files that were linted before and are the same are taken as good,
 * though what they import may have changed.
 */
export function staticSteps(extent) {
  const lintCache =
    extent === 'changed' ? ['--cache', '--cache-strategy=content', `--cache-location=${cache}/eslint`] : []
  return /** @type {Step[]} */ ([
    { name: 'lint', args: [tool('eslint/bin/eslint.js'), ...lintCache, '.'], output: 'captured' },
    { name: 'types', args: [tool('typescript/bin/tsc'), '-b'], output: 'captured' },
    {
      name: 'format',
      args: [
        tool('prettier/bin/prettier.cjs'),
        ...['--check', '--log-level=warn', '--cache', `--cache-location=${cache}/prettier`, '.'],
      ],
      output: 'captured',
    },
    { name: 'generated', args: [join(import.meta.dirname, 'generate.mjs'), '--check'], output: 'captured' },
  ])
}

/**
 * @param {'fast' | 'e2e' | 'browser' | 'clients' | 'databases' | 'doors' | 'fleets' | 'long'} project
 * @param {Step['output']} output
 * @param {'everything' | 'changed'} [extent] `changed`: the files that depend on what is not committed yet
 * @returns {Step}
 */
export function suite(project, output, extent = 'everything') {
  const report = join(mkdtempSync(join(tmpdir(), 'latchkey-tests-')), 'report.json')
  const affected = extent === 'changed' ? ['--changed', '--passWithNoTests'] : []
  const reporters = [
    `--reporter=${output === 'live' ? 'default' : 'dot'}`,
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  return {
    name: project,
    args: [tool('vitest/vitest.mjs'), 'run', '--project', project, ...affected, ...reporters],
    output,
    report,
  }
}

/** Runs the steps in their order. @param {Step[]} steps @param {Partial<Pace>} pace @returns {Promise<Tally>} */
export async function runSteps(steps, { lanes = CORES, priority = 'normal' } = {}) {
  const waiting = [...steps]
  /** @type {Tally[]} */
  const tallies = []
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      tallies.push(await runStep(next, priority))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return addUp(tallies)
}

/** @param {Step} step @param {Pace['priority']} priority @returns {Promise<Tally>} */
async function runStep(step, priority) {
  const started = performance.now()
  const { code, output } = await run(step, priority)
  const tally = tallyOf(step, code)
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6)
  console.log(`${tally.failed === 0 ? 'ok  ' : 'FAIL'} ${step.name.padEnd(10)} ${seconds} s`)
  if (tally.failed > 0 && output !== '') console.log(`\n${output}\n`)
  return tally
}

/** @param {Step} step @param {Pace['priority']} priority @returns {Promise<{ code: number | null, output: string }>} */
function run(step, priority) {
  return new Promise((settle, fail) => {
    const out = step.output === 'live' ? 'inherit' : 'pipe'
    const child = spawn(process.execPath, step.args, {
      cwd: join(import.meta.dirname, '..'),
      env: {
        ...process.env,
        [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1',
        // Hundreds of processes are started: each after the first then takes the compiled code from here.
        NODE_COMPILE_CACHE: join(cache, 'compiled'),
      },
      stdio: ['ignore', out, out],
    })
    if (priority === 'low' && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    const stop = () => child.kill('SIGTERM')
    process.on('exit', stop)
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    child.on('error', fail)
    child.on('close', (code) => {
      process.off('exit', stop)
      settle({ code, output: Buffer.concat(chunks).toString('utf8').trim() })
    })
  })
}

// An end by signal would skip the exit handlers above and leave the steps running.
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => process.exit(1))

/** @param {Step} step @param {number | null} code @returns {Tally} */
function tallyOf(step, code) {
  if (step.report === undefined) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  const tally = readReport(step.report)
  // The exit code has the last word: a crash or an unhandled rejection fails the step although no test did.
  return code === 0 ? tally : { ...tally, failed: Math.max(1, tally.failed) }
}

/** @param {string} file @returns {Tally} */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
    const files = report.testResults
    // A file that could not even be loaded has failed without naming a test.
    const broken = files.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
    )
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 } // Vitest did not live to write it
  } finally {
    rmSync(join(file, '..'), { recursive: true, force: true })
  }
}

/** @param {Tally[]} tallies @returns {Tally} */
export function addUp(tallies) {
  /** @param {keyof Tally} part */
  const sum = (part) => tallies.reduce((total, tally) => total + tally[part], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

/** Prints the last line and sets the exit code. @param {Tally} tally */
export function conclude({ passed, failed, skipped }) {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed > 0 ? 1 : 0
}
