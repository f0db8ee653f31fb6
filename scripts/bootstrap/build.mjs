// Compiles the packages if a source, a manifest or a compiler setting has changed since the last successful build.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildConsole, isConsoleBuilt } from './build-console.mjs'
import { filesUnder } from './files-under.mjs'
import { runHidden, step, StepFailure } from './progress.mjs'
import { root, stampFolder } from './root.mjs'
import { runtimeNode } from './runtime.mjs'
import { readStamp, signOf, writeStamp } from './stamp.mjs'

const stampFile = join(stampFolder, 'built')

/** @returns {string[]} the folders that tsc builds */
function compiledPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'tsconfig.json')) && !existsSync(join(folder, 'vite.config.ts')))
}

/** @param {string[]} packages @returns {string} changes whenever tsc might have something to do */
function fingerprint(packages) {
  const files = [
    join(root, 'node_modules', '.package-lock.json'), // another version of a compiler may write other declarations
    join(root, 'tsconfig.base.json'),
    ...packages.flatMap((folder) => [
      join(folder, 'package.json'),
      join(folder, 'tsconfig.json'),
      ...(existsSync(join(folder, 'src')) ? filesUnder(join(folder, 'src')) : []),
    ]),
  ]
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file} ${signOf(file)}\n`)
  return hash.digest('hex')
}

/** @returns {boolean} */
export function isBuilt() {
  return isCompiled() && isConsoleBuilt()
}

function isCompiled() {
  const packages = compiledPackages()
  // The build info of tsc (tsBuildInfoFile) is in the folder of its output. So both this function and tsc notice a
  // deleted dist.
  if (!packages.every((folder) => existsSync(join(folder, 'dist', '.tsbuildinfo')))) return false
  return readStamp(stampFile) === fingerprint(packages)
}

/** @returns {Promise<void>} */
export async function buildPackages() {
  await step('Building', async () => {
    // The two builds run in parallel, because neither reads the output of the other.
    const works = [...(isCompiled() ? [] : [compile()]), ...(isConsoleBuilt() ? [] : [buildConsole()])]
    const outcomes = await Promise.allSettled(works)
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  })
}

async function compile() {
  const packages = compiledPackages()
  // The fingerprint is taken before the build, so that a file that is saved while tsc runs is compiled by the next
  // build.
  const seen = fingerprint(packages)
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { succeeded, output } = await runHidden(runtimeNode(), [tsc, '-b', ...packages], { cwd: root })
  if (!succeeded) throw new StepFailure(`${output}\n\nThe build failed: see above.`)
  writeStamp(stampFile, seen)
}
