// Installs the packed server with its dependencies from npm, for any processor.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** npm's names of the processors. */
const CPU = { amd64: 'x64', arm64: 'arm64' }

/** @typedef {import('./debian-libraries.mjs').Architecture} Architecture */

/**
 * Unpacks the packed server and installs the dependencies of its shrinkwrap. npm checks their checksums. The packages
 * of this repository are in the packed file already.
 * @param {string} folder an empty folder
 * @param {string} packed the packed server
 * @param {Architecture} architecture
 */
export function installServer(folder, packed, architecture) {
  unpack(packed, folder)
  const manifestFile = join(folder, 'package.json')
  const lockFile = join(folder, 'npm-shrinkwrap.json')
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'))
  const packages = Object.entries(lock.packages).filter(([path]) => !path.startsWith('node_modules/@latchkey/'))
  const dependencies = thirdParty(manifest.dependencies)
  const of = { name: manifest.name, version: manifest.version, dependencies }
  writeFileSync(manifestFile, JSON.stringify(of))
  writeFileSync(lockFile, JSON.stringify({ ...lock, packages: { ...Object.fromEntries(packages), '': of } }))
  const platform = ['--os=linux', '--libc=glibc', `--cpu=${CPU[architecture]}`]
  npm(folder, 'ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...platform)
  rmSync(join(folder, 'node_modules/.package-lock.json'))
  unpack(packed, folder)
}

/** @param {Record<string, string>} dependencies */
const thirdParty = (dependencies) =>
  Object.fromEntries(Object.entries(dependencies).filter(([name]) => !name.startsWith('@latchkey/')))

/**
 * @param {string} folder the folder of the installed server
 * @returns {Record<string, any>} a bill of materials, as `npm sbom` writes it
 */
export const npmSbom = (folder) =>
  JSON.parse(npm(folder, 'sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev'))

/** @param {string} file @param {string} folder */
const unpack = (file, folder) =>
  execFileSync('tar', ['-xzf', file, '-C', folder, '--strip-components=1', '--no-same-owner'])

/** @param {string} cwd @param {string[]} args */
const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
