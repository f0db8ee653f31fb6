// npm run release: builds the files of a release into dist/, and prints their checksums.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './bootstrap/root.mjs'
import { packNpmPackages } from './release/npm-packages.mjs'

const USAGE = `Usage: npm run release -- --build-only [--repository URL]

Builds the npm packages into dist/npm/ and writes dist/SHA256SUMS. Publishes nothing.

  --repository URL   the address of the source, for "repository", "homepage" and "bugs" of the packages`

/** @returns {{ repository?: string } | undefined} */
function readOptions() {
  try {
    const { values } = parseArgs({ options: { 'build-only': { type: 'boolean' }, repository: { type: 'string' } } })
    if (values['build-only'] !== true) return undefined
    const { repository } = values
    return repository === undefined ? {} : { repository: new URL(repository).href }
  } catch {
    return undefined
  }
}

const options = readOptions()
if (options === undefined) {
  process.stderr.write(`${USAGE}\n`)
  process.exitCode = 2
} else {
  const folder = join(root, 'dist', 'npm')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const files = packNpmPackages(folder, options).map((name) => join(folder, name))
  const sums = files.map((file) => {
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    const kib = Math.ceil(statSync(file).size / 1024)
    process.stdout.write(`${relative(root, file).padEnd(40)} ${String(kib).padStart(6)} KiB  ${sum}\n`)
    return `${sum}  ${relative(join(root, 'dist'), file)}`
  })
  writeFileSync(join(root, 'dist', 'SHA256SUMS'), `${sums.join('\n')}\n`)
}
