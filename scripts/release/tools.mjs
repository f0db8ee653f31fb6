// What the builders of a release need from npm: their own tools, and packages for other processors.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'

const OWN = join(import.meta.dirname, 'tools')

/** Installs the tools that tools/package.json names, unless they are installed. Returns their node_modules. */
export const installReleaseTools = () => installOnce(OWN)

/**
 * Installs what the lock file of a folder names, unless it is installed. Returns the folder's node_modules.
 * @param {string} folder
 */
export function installOnce(folder) {
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const installed = join(folder, 'node_modules')
  const stamp = join(installed, '.latchkey-installed')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' })
    writeFileSync(stamp, wanted)
  }
  return installed
}

/** The processors that a release supports, by their names in npm and Node. */
export const ARCHITECTURES = /** @type {const} */ (['x64', 'arm64'])

/** @typedef {(typeof ARCHITECTURES)[number]} Architecture */

/** Returns the folder of the pinned Node for a processor. @param {Architecture} architecture */
export const nodeFolder = (architecture) => lockedPackage(`node-linux-${architecture}`)

/**
 * Returns the folder of a package, in the version of the checkout's lock file. npm does not install packages for other
 * processors, so such a package is downloaded. It is refused unless it has the checksum of the lock file.
 * @param {string} name
 */
export function lockedPackage(name) {
  const installed = join(root, 'node_modules', name)
  if (existsSync(installed)) return installed
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`)
  const folder = join(root, 'node_modules', '.cache', 'latchkey', `${name.replace('/', '+')}-${version}`)
  if (existsSync(folder)) return folder
  const temporary = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
  try {
    const args = ['pack', `${name}@${version}`, '--json', '--pack-destination', temporary]
    const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    const file = join(temporary, packed.filename.replace('@', '').replace('/', '-'))
    const checksum = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
    if (checksum !== integrity) throw new Error(`${name}@${version} does not have the checksum of package-lock.json`)
    execFileSync('tar', ['-xzf', file, '-C', temporary])
    mkdirSync(join(folder, '..'), { recursive: true })
    renameSync(join(temporary, 'package'), folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return folder
}
