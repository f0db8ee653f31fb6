// Packs the public packages as npm would publish them. The same tree gives the same bytes.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { thirdPartyNotices } from './notices.mjs'
import { shrinkwrapOf } from './shrinkwrap.mjs'

/** Each package comes after the packages that it needs. */
export const PUBLIC_PACKAGES = /** @type {const} */ (['protocol', 'credentials', 'guard', 'client', 'latchkey'])

/** @typedef {(typeof PUBLIC_PACKAGES)[number]} PublicPackage */
/** @typedef {Record<string, unknown> & { name: string, version: string, dependencies?: Record<string, string> }} Manifest */

/** The fields of a manifest that are only meant for the checkout. */
const OF_THE_CHECKOUT = ['devDependencies', 'private', 'scripts']

/**
 * Packs all public packages into `dist/npm`. Throws if a package has no compiled file.
 *
 * @param {string} dist
 * @param {{ repository?: string }} options
 * @returns {string[]} the files, relative to `dist`
 */
export function buildNpmPackages(dist, options) {
  const folder = join(dist, 'npm')
  mkdirSync(folder, { recursive: true })
  return packNpmPackages(folder, options).map((name) => `npm/${name}`)
}

/**
 * Packs all public packages into the folder `to`. Throws if a package has no compiled file.
 *
 * @param {string} to an existing folder
 * @param {{ repository?: string }} options `repository`: the URL of the source without a slash at its end, for
 *   the fields that lead there
 * @returns {string[]} the names of the files
 */
export function packNpmPackages(to, { repository } = {}) {
  const stage = mkdtempSync(join(tmpdir(), 'latchkey-release-'))
  try {
    return PUBLIC_PACKAGES.map((name) => pack(stagePackage(join(stage, name), name, repository), to))
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** @param {PublicPackage} name @returns {Manifest} */
const manifestOf = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

/**
 * @param {string} folder
 * @param {PublicPackage} name
 * @param {string | undefined} repository
 * @returns {string} the folder
 */
function stagePackage(folder, name, repository) {
  const source = join(root, 'packages', name)
  const manifest = Object.fromEntries(
    Object.entries(manifestOf(name)).filter(([key]) => !OF_THE_CHECKOUT.includes(key)),
  )
  mkdirSync(folder, { recursive: true })
  for (const file of ['README.md', 'LICENSE']) cpSync(join(source, file), join(folder, file))
  cpSync(join(source, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (file) => isForUsers(file, name),
  })
  if (!readdirSync(join(folder, 'dist'), { recursive: true }).some((file) => String(file).endsWith('.js'))) {
    throw new Error(`${source}/dist has no compiled file. Run "npm run build" and pack again.`)
  }
  if (name === 'latchkey') completeServer(folder, manifest)
  const links = repository === undefined ? {} : linksTo(repository, name)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, ...links }, undefined, 2)}\n`)
  return folder
}

/** @param {string} file @param {PublicPackage} name */
function isForUsers(file, name) {
  if (file.endsWith('.tsbuildinfo')) return false
  // The server is started as a program and never imported, so it needs no types and source maps.
  return name !== 'latchkey' || !/\.(?:d\.ts|js\.map)$/.test(file)
}

/**
 * Makes the server's file installable alone: it contains the packages of this repository.
 * @param {string} folder
 * @param {Record<string, unknown>} manifest changed in place
 */
function completeServer(folder, manifest) {
  const source = join(root, 'packages', 'latchkey')
  cpSync(join(source, 'bin'), join(folder, 'bin'), { recursive: true })
  for (const file of readdirSync(join(folder, 'dist'), { recursive: true })) {
    const path = join(folder, 'dist', String(file))
    if (path.endsWith('.js') && statSync(path).isFile()) {
      writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\n?$/, '\n'))
    }
  }
  const bundled = PUBLIC_PACKAGES.filter((name) => name !== 'latchkey')
  for (const name of bundled) {
    const file = join(stagePackage(join(folder, 'node_modules', '@latchkey', name), name, undefined), 'package.json')
    const kept = JSON.parse(readFileSync(file, 'utf8'))
    delete kept.peerDependencies
    delete kept.peerDependenciesMeta
    // A global npm install would treat the peers of a bundled package as bundled too, and leave their folders empty.
    writeFileSync(file, `${JSON.stringify(kept, undefined, 2)}\n`)
  }
  // The console contains packages that npm does not install, so their licences are in this file.
  writeFileSync(join(folder, 'NOTICES'), thirdPartyNotices())
  manifest['files'] = ['bin', 'dist', 'npm-shrinkwrap.json', 'NOTICES']
  manifest['bundleDependencies'] = bundled.map((name) => `@latchkey/${name}`)
  // The exported types of the admin API are only for building the console.
  delete manifest['exports']
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const shrinkwrap = shrinkwrapOf(lock, {
    name: 'latchkey',
    folder: 'packages/latchkey',
    bundled: bundled.map((name) => `packages/${name}`),
  })
  writeFileSync(join(folder, 'npm-shrinkwrap.json'), `${JSON.stringify(shrinkwrap, undefined, 2)}\n`)
}

/** @param {string} repository @param {PublicPackage} name */
const linksTo = (repository, name) => ({
  repository: { type: 'git', url: `git+${repository}.git`, directory: `packages/${name}` },
  homepage: `${repository}#readme`,
  bugs: `${repository}/issues`,
})

/** @param {string} folder @param {string} to @returns {string} the name of the file */
function pack(folder, to) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', to]
  const output = execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [packed] = /** @type {{ filename: string }[]} */ (JSON.parse(output))
  if (packed === undefined) throw new Error(`npm packed nothing in ${folder}`)
  return packed.filename
}
