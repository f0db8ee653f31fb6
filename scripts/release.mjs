// npm run release: checks whether a version may be released, builds its files into dist/, and prints how to publish
// them.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './bootstrap/root.mjs'
import { buildDebianPackage } from './release/debian.mjs'
import { buildExecutables } from './release/executable.mjs'
import { buildImages } from './release/image.mjs'
import { namesOf } from './release/names.mjs'
import { buildNpmPackages } from './release/npm-packages.mjs'
import { publishingSteps } from './release/publishing-steps.mjs'
import { isTagged, releaseProblems } from './release/release-problems.mjs'
import { buildSite } from './release/site.mjs'
import { prepareVersion, versionOf } from './release/version.mjs'

const USAGE = `Usage: npm run release -- VERSION [--dry-run | --prepare] [--repository URL]
       npm run release -- --build-only [--only NAME]… [--repository URL]

VERSION checks that the tree is clean and that the packages and CHANGELOG.md have this version, builds the files of
the release into dist/, and makes the tag vVERSION in this clone. It signs and publishes nothing. At its end it prints
what to run for that.

  --dry-run         the same, without the tag
  --prepare         builds nothing: writes VERSION into the packages, the lock file and the pages, and dates the
                    section "Unreleased" of CHANGELOG.md. Commit the result before the release.
  --build-only      builds the same files from any tree
  --only NAME       builds only this: PRODUCTS. May be given several times
  --repository URL  the address of the source, for the fields of the npm packages and the labels of the image; that of
                    docs/names.json unless given`

/** @typedef {{ repository?: string, log: (line: string) => void }} BuildOptions */

/**
 * The products of a release. Each function writes below the folder `dist`, and returns the files, relative to it; a
 * folder ends with a slash.
 *
 * @type {Readonly<Record<string, (dist: string, options: BuildOptions) => string[] | Promise<string[]>>>}
 */
const PRODUCTS = {
  npm: buildNpmPackages,
  bin: (dist) => buildExecutables(dist),
  deb: (dist) => buildDebianPackage(dist),
  image: (dist, options) => buildImages(dist, options),
  site: buildSite,
}

const dist = join(root, 'dist')

/** @param {string} line */
const print = (line) => process.stdout.write(`${line}\n`)

/** @param {readonly string[]} args */
function readArguments(args) {
  /** @type {import('node:util').ParseArgsOptionsConfig} */
  const options = {
    'dry-run': { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
    'build-only': { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    repository: { type: 'string' },
  }
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [version, ...rest] = positionals
  const only = /** @type {string[] | undefined} */ (values['only'])
  const modes = [values['dry-run'], values['prepare'], values['build-only']].filter((given) => given === true)
  if (rest.length > 0 || modes.length > 1) throw new TypeError('Too many arguments.')
  if ((version === undefined) !== (values['build-only'] === true)) throw new TypeError('Give VERSION or --build-only.')
  if (only !== undefined && version !== undefined) throw new TypeError('--only goes with --build-only.')
  const unknown = only?.find((name) => !(name in PRODUCTS))
  if (unknown !== undefined) throw new TypeError(`There is no product "${unknown}".`)
  const repository = /** @type {string | undefined} */ (values['repository']) ?? namesOf(root).repository ?? undefined
  if (repository !== undefined && !/^https:\/\/[^?#]+$/.test(repository)) {
    throw new TypeError('--repository must be an https URL without a query.')
  }
  return {
    version,
    products: only ?? Object.keys(PRODUCTS),
    prepare: values['prepare'] === true,
    dryRun: values['dry-run'] === true,
    ...(repository === undefined ? {} : { repository: repository.replace(/\/+$/, '') }),
  }
}

/** @param {readonly string[]} products @param {{ repository?: string }} options @returns {Promise<string[]>} the files */
async function build(products, options) {
  const files = []
  for (const name of products) {
    rmSync(join(dist, name), { recursive: true, force: true })
    files.push(...(await (PRODUCTS[name]?.(dist, { ...options, log: print }) ?? [])))
  }
  mkdirSync(dist, { recursive: true })
  const sums = files
    .filter((file) => !file.endsWith('/'))
    .map((file) => {
      const content = readFileSync(join(dist, file))
      const sum = createHash('sha256').update(content).digest('hex')
      const kib = Math.ceil(statSync(join(dist, file)).size / 1024)
      print(`${file.padEnd(40)} ${String(kib).padStart(7)} KiB  ${sum}`)
      // Users have all files of a release in one folder, so the sums name files without a path.
      return `${sum}  ${basename(file)}`
    })
  writeFileSync(join(dist, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  return files
}

/** @param {ReturnType<typeof readArguments>} options */
async function release({ version, products, prepare, dryRun, ...options }) {
  if (version === undefined) {
    await build(products, options)
    return
  }
  if (prepare) {
    for (const line of prepareVersion(root, version)) print(line)
    return
  }
  const problems = releaseProblems(root, version)
  if (problems.length > 0) {
    process.stderr.write(`${version} cannot be released yet:\n${problems.map((text) => `  - ${text}\n`).join('')}`)
    process.exitCode = 1
    return
  }
  print(`Building ${versionOf(root)}.`)
  const files = await build(products, options)
  if (!dryRun && !isTagged(root, version))
    execFileSync('git', ['tag', '-a', `v${version}`, '-m', `Latchkey ${version}`], { cwd: root })
  for (const line of publishingSteps(version, files, { isTagged: isTagged(root, version) })) print(line)
}

try {
  await release(readArguments(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE.replace('PRODUCTS', Object.keys(PRODUCTS).join(', '))}\n`)
  process.exitCode = 2
}
