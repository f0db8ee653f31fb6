// The names of the packages, the other files of a release and the repository. Checks that the pages use these names.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { versionOf } from './version.mjs'

/**
 * What docs/names.json contains.
 *
 * @typedef {object} Names
 * @property {string | null} repository an https URL; null as long as nothing is published
 * @property {Readonly<Record<string, string>>} packages the npm name of each public package, by its folder in packages/
 * @property {string} image
 * @property {string} executable
 * @property {string} debianPackage
 */

/** @param {string} root the folder of the checkout @returns {Names} */
export const namesOf = (root) => JSON.parse(readFileSync(join(root, 'docs/names.json'), 'utf8'))

/**
 * Returns the files of a release that pages may name, without their folders.
 * @param {Names} names
 * @param {string} version
 * @returns {ReadonlySet<string>}
 */
export function releaseFiles(names, version) {
  const architectures = ['amd64', 'arm64']
  return new Set([
    ...Object.values(names.packages).map((name) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    ...architectures.map((architecture) => `${names.image}-${architecture}.oci.tar`),
    ...['x64', 'arm64'].map((architecture) => `${names.executable}-linux-${architecture}`),
    `${names.debianPackage}_${version}_amd64.deb`,
  ])
}

/** Matches names that look like a file of a release. */
const FILE = /(?<![\w./@-])(?:\.\/)?([\w.-]*latchkey[\w.-]*(?:\.tgz|\.deb|\.oci\.tar|-linux-[a-z0-9]+))(?![\w-])/g
const PACKAGE = /(?<![\w/])@latchkey\/([a-z-]+)/g
/**
 * Matches instructions to run Latchkey from a checkout. Only README has them, in one section to which the other pages
 * link.
 */
const SOURCE = /npm run -s latchkey|\b(?:from|in|inside|outside) a checkout\b/gi

/**
 * @param {string} page its path, from the root of the checkout
 * @param {string} text
 * @param {{ names: Names, version: string }} release
 * @returns {string[]} one sentence for each name that is wrong
 */
export function nameProblems(page, text, { names, version }) {
  const files = releaseFiles(names, version)
  const packages = Object.values(names.packages)
  const found = [
    ...[...text.matchAll(FILE)]
      .filter(([, file = '']) => !files.has(file))
      .map(({ index, 1: file }) => ({ index, text: `no file of release ${version} has the name "${file}"` })),
    ...[...text.matchAll(PACKAGE)]
      .filter(([name]) => !packages.includes(name))
      .map(({ index, 0: name }) => ({ index, text: `no package has the name "${name}"` })),
    ...(page === 'README.md' ? [] : [...text.matchAll(SOURCE)]).map(({ index, 0: words }) => ({
      index,
      text: `"${words}": pages speak of installed programs. Link to README.md#from-source instead`,
    })),
  ]
  return found.map(({ index, text: problem }) => {
    const line = text.slice(0, index).split('\n').length
    return `${page}:${String(line)}: ${problem}.`
  })
}

/** Returns the pages for users. Pages about the code are left out. @param {string} root */
export const pagesForUsers = (root) => [
  'README.md',
  ...['docs', 'examples', 'packages', 'site'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((path) => `${folder}/${String(path).replaceAll('\\', '/')}`)
      .filter((path) => /\.md$|^examples\/.*\.json$/.test(path))
      .filter((path) => !/\/(?:node_modules|dist|adr|architecture|reference|test)\//.test(path))
      .sort(),
  ),
]

/** @param {string} root the folder of the checkout @returns {string[]} one sentence for each problem */
export function allNameProblems(root) {
  const release = { names: namesOf(root), version: versionOf(root) }
  const manifests = Object.entries(release.names.packages).filter(([folder, name]) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
    return manifest.name !== name
  })
  return [
    ...manifests.map(([folder, name]) => `packages/${folder}/package.json: its name is not "${name}".`),
    ...pagesForUsers(root).flatMap((page) => nameProblems(page, readFileSync(join(root, page), 'utf8'), release)),
  ]
}
