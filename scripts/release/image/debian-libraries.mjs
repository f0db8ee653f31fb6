// Downloads the Debian packages whose libraries Node needs, for any processor, and checks them against the pinned
// checksums.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../bootstrap/root.mjs'

const PINS = join(root, 'scripts/release/image/debian-packages.json')

/** @typedef {'amd64' | 'arm64'} Architecture */
/** @typedef {{ name: string, version: string, sha256: string, folder: string }} DebianPackage */

/** The versions and checksums of the packages for each processor. @type {Record<string, { version: string, sha256: Record<Architecture, string> }>} */
const pins = JSON.parse(readFileSync(PINS, 'utf8'))

/**
 * Unpacks the packages below `folder`. If Debian no longer offers a pinned version, the version that Debian offers now
 * is used. apt checks that version against Debian's signature.
 * @param {string} folder an empty folder
 * @param {Architecture} architecture
 * @param {(line: string) => void} log
 * @returns {DebianPackage[]}
 */
export function unpackDebianLibraries(folder, architecture, log) {
  const apt = privateApt(join(folder, 'apt'))
  const download = join(folder, 'download')
  mkdirSync(download)
  const wanted = Object.entries(pins).map(([name, { version, sha256 }]) => {
    // A package for all processors has the same file for each, and its name has no processor.
    const named = sha256.amd64 === sha256.arm64 ? name : `${name}:${architecture}`
    return { name, named, version, sha256: sha256[architecture] }
  })
  const offers = apt('madison', download, ...wanted.map(({ named }) => named))
  // A line is "libc6 | 2.41-12 | …". If the processor is not that of apt, it is "libc6:arm64 | 2.41-12 | …".
  const offered = offers.split('\n').map((line) => line.split('|').map((cell) => cell.trim().split(':arm64')[0]))
  const isOffered = (/** @type {{ name: string, version: string }} */ { name, version }) =>
    offered.some(([found, itsVersion]) => found === name && itsVersion === version)
  for (const pin of wanted.filter((pin) => !isOffered(pin)))
    log(`Debian no longer offers ${pin.name} ${pin.version}: taking its present version.`)
  apt('download', download, ...wanted.map((pin) => (isOffered(pin) ? `${pin.named}=${pin.version}` : pin.named)))
  const files = readdirSync(download)
  return wanted.map((pin) => {
    const { name } = pin
    const file = files.find((each) => each.startsWith(`${name}_`)) ?? ''
    const sha256 = createHash('sha256')
      .update(readFileSync(join(download, file)))
      .digest('hex')
    if (isOffered(pin) && sha256 !== pin.sha256)
      throw new Error(`${file} has the checksum ${sha256}, and its pin in ${PINS} has ${pin.sha256}.`)
    execFileSync('dpkg-deb', ['-x', join(download, file), join(folder, name)])
    return { name, version: decodeURIComponent(file.split('_')[1] ?? ''), sha256, folder: join(folder, name) }
  })
}

/**
 * Returns an apt that has its own index, so that the package lists of this machine are not changed.
 * @param {string} folder
 * @returns {(command: 'madison' | 'download', cwd: string, ...packages: string[]) => string}
 */
function privateApt(folder) {
  mkdirSync(join(folder, 'state/lists/partial'), { recursive: true })
  mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  const options = [
    `Dir::State=${folder}/state`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    `APT::Sandbox::User=${process.env['USER'] ?? 'root'}`,
    'APT::Architecture=amd64',
    'APT::Architectures=amd64,arm64',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option])
  execFileSync('apt-get', [...options, '-qq', 'update'], { stdio: 'pipe' })
  return (command, cwd, ...packages) => {
    const program = command === 'madison' ? 'apt-cache' : 'apt-get'
    return execFileSync(program, [...options, '-qq', command, ...packages], { cwd, encoding: 'utf8', stdio: 'pipe' })
  }
}
