// Prints the coverage of the last run of the fast suites, in one line for each package.
import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root } from '../bootstrap/root.mjs'

const REPORT = 'coverage/report'

/**
 * @typedef {{ covered: number, total: number }} Count
 * @typedef {{ lines: Count, branches: Count }} FileCoverage
 */

/** Returns the lines. Throws if there is no coverage report. @returns {string[]} */
export function coverageLines() {
  const text = readFileSync(join(root, REPORT, 'coverage-summary.json'), 'utf8')
  const { total, ...files } = /** @type {Record<string, FileCoverage>} */ (JSON.parse(text))
  const packages = Map.groupBy(Object.entries(files), ([path]) => packageOf(relative(root, path)))
  const rows = [...packages].sort(([one], [other]) => one.localeCompare(other))
  return [
    'Coverage of the fast suites:',
    ...rows.map(([name, entries]) => `  ${row(name, sumOf(entries.map(([, file]) => file)))}`),
    ...(total === undefined ? [] : [`  ${row('all', total)}`]),
    `Line by line: ${REPORT}/index.html`,
  ]
}

const packageOf = (/** @type {string} */ path) => path.split(sep)[1] ?? path

/** @param {readonly FileCoverage[]} files @returns {FileCoverage} */
function sumOf(files) {
  /** @param {keyof FileCoverage} what @returns {Count} */
  const sum = (what) => ({
    covered: files.reduce((before, file) => before + file[what].covered, 0),
    total: files.reduce((before, file) => before + file[what].total, 0),
  })
  return { lines: sum('lines'), branches: sum('branches') }
}

/** @param {string} name @param {FileCoverage} coverage */
const row = (name, { lines, branches }) =>
  `${name.padEnd(10)} ${share(lines)} of ${lines.total} lines, ${share(branches)} of ${branches.total} branches`

/** @param {Count} count */
const share = ({ covered, total }) => `${(total === 0 ? 100 : (100 * covered) / total).toFixed(1).padStart(5)} %`
