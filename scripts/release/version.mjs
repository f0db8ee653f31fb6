// The version of a release: where the source contains it, and how to change it there.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** major.minor.patch, perhaps with a pre-release (https://semver.org/spec/v2.0.0.html). */
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/

/** @param {string} version */
export const isVersion = (version) => VERSION.test(version)

/** Returns the version of all packages. @param {string} root the folder of the checkout */
export const versionOf = (root) => readManifest(join(root, 'packages/latchkey/package.json')).version

/** @typedef {{ name: string, version: string, dependencies?: Record<string, string> }} Manifest */

/** @param {string} path @returns {Manifest} */
const readManifest = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Returns the paths of the package.json files that contain the version of the release. @param {string} root */
export const manifestPaths = (root) => [
  'package.json',
  ...readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => `packages/${name}/package.json`),
]

/** Returns the paths of the manifests that have another version. @param {string} root @param {string} version */
export const otherVersions = (root, version) =>
  manifestPaths(root).filter((path) => readManifest(join(root, path)).version !== version)

/**
 * Returns the files whose text contains the version, because a program prints it or a command installs it.
 * @param {string} root
 */
const pagesWithVersion = (root) => [
  'README.md',
  'package-lock.json',
  'packages/client/src/version.ts',
  ...['docs', 'packages', 'examples', 'deploy'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((path) => `${folder}/${String(path)}`)
      .filter((path) => /\.(?:md|json|ya?ml)$/.test(path) && !/\/(?:node_modules|dist|adr|reference|test)\//.test(path))
      .sort(),
  ),
]

/**
 * Writes the version into the manifests, the lock file and the pages, and dates the section "Unreleased" of CHANGELOG.md.
 * Throws a TypeError if that is no version, or if there is nothing to release.
 *
 * @param {string} root the folder of the checkout
 * @param {string} version
 * @returns {string[]} the lines that say what was changed
 */
export function prepareVersion(root, version, today = new Date().toISOString().slice(0, 10)) {
  if (!isVersion(version)) throw new TypeError(`"${version}" is no version such as 1.2.3.`)
  const before = versionOf(root)
  const dated = withDatedSection(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version, today)
  const changed = []
  if (before !== version) {
    const wholeVersion = new RegExp(`(?<![\\d.])${before.replaceAll('.', '\\.')}(?![\\d]|\\.\\d)`, 'g')
    for (const path of new Set([...manifestPaths(root), ...pagesWithVersion(root)])) {
      const file = join(root, path)
      const text = readFileSync(file, 'utf8')
      const next = path === 'package-lock.json' ? withLockedVersion(text, version) : text.replace(wholeVersion, version)
      if (next === text) continue
      writeFileSync(file, next)
      changed.push(`${path}: ${before} is ${version} now`)
    }
  }
  writeFileSync(join(root, 'CHANGELOG.md'), dated)
  return [...changed, `CHANGELOG.md: the section ${version} has the date ${today}`]
}

/**
 * Changes the version of this repository's packages only. Other packages may have the same version.
 * @param {string} text @param {string} version
 */
function withLockedVersion(text, version) {
  const lock = JSON.parse(text)
  const own = Object.entries(lock.packages).filter(([at]) => at === '' || at.startsWith('packages/'))
  const names = new Set(own.map(([, { name }]) => name).filter((name) => name !== undefined))
  lock.version = version
  for (const [at, locked] of own) {
    if (at.includes('node_modules')) continue
    locked.version = version
    for (const name of Object.keys(locked.dependencies ?? {})) {
      if (names.has(name) || name.startsWith('@latchkey/')) locked.dependencies[name] = version
    }
  }
  return `${JSON.stringify(lock, undefined, 2)}\n`
}

/** @param {string} changelog @param {string} version @param {string} today */
function withDatedSection(changelog, version, today) {
  const heading = '\n## Unreleased\n'
  const section = changelog.split(heading)[1]?.split('\n## ')[0]
  if (section === undefined || section.trim() === '') {
    throw new TypeError('CHANGELOG.md has nothing below "## Unreleased", so there is nothing to release.')
  }
  return changelog.replace(heading, `${heading}\n## ${version} - ${today}\n`)
}
