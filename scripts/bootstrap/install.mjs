// Installs the dependencies if node_modules does not match package-lock.json.
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runHidden, step, StepFailure } from './progress.mjs'
import { root, stampFolder } from './root.mjs'
import { readStamp, signOf, writeStamp } from './stamp.mjs'

const lockFile = join(root, 'package-lock.json')
const installedFile = join(root, 'node_modules', '.package-lock.json')
const stampFile = join(stampFolder, 'installed')

const currentSigns = () => `${signOf(lockFile)} ${signOf(installedFile)}`

/** @returns {boolean} */
export function isInstalled() {
  if (signOf(installedFile) === 'absent') return false
  if (readStamp(stampFile) === currentSigns()) return true
  // Compares the contents of the lock files, because their times say nothing after a checkout, a copy or an `npm
  // install`.
  if (!holdsWhatIsLocked(readPackages(lockFile), readPackages(installedFile))) return false
  writeStamp(stampFile, currentSigns())
  return true
}

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean,
 *   optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage
 */

/** @param {string} file @returns {Record<string, LockedPackage>} */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/**
 * npm records the installed packages in node_modules, in the form of the lock file. A package may be missing there
 * only if it is for another platform, or an optional peer.
 *
 * @param {Record<string, LockedPackage>} locked
 * @param {Record<string, LockedPackage>} installed
 */
function holdsWhatIsLocked(locked, installed) {
  const paths = new Set([...Object.keys(locked), ...Object.keys(installed)])
  return [...paths].every((path) => {
    if (!path.includes('node_modules/')) return true // the workspaces themselves are part of the checkout
    const wanted = locked[path]
    const found = installed[path]
    if (wanted === undefined) return false
    if (found === undefined) return Boolean(wanted.optional || wanted.devOptional || wanted.peer)
    if (wanted.link || found.link) return wanted.link === found.link && wanted.resolved === found.resolved
    return wanted.version === found.version && wanted.integrity === found.integrity
  })
}

/** @returns {Promise<void>} */
export async function installDependencies() {
  await step('Installing dependencies (npm ci)', async () => {
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
    const windows = process.platform === 'win32'
    const { succeeded, output } = await runHidden(windows ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      env: environmentForNpm(),
      shell: windows, // Node starts .cmd files through a shell only
    })
    if (!succeeded)
      throw new StepFailure(
        `${output}\n\nThe dependencies could not be installed. npm, its registry (npm config get registry) and ` +
          'package-lock.json must be in order; then run the same command again.',
      )
  })
  writeStamp(stampFile, currentSigns())
}

/** npm must run on the Node of the machine, because the pinned Node is in the folder that npm is about to replace. */
function environmentForNpm() {
  const inside = join(root, 'node_modules')
  const entries = Object.entries(process.env).map(([name, value]) =>
    name.toUpperCase() === 'PATH'
      ? [
          name,
          value
            ?.split(delimiter)
            .filter((folder) => !folder.startsWith(inside))
            .join(delimiter),
        ]
      : [name, value],
  )
  return Object.fromEntries(entries)
}
