// Builds the web console into the latchkey package if a source has changed since the last successful build.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder } from './files-under.mjs'
import { runHidden, StepFailure } from './progress.mjs'
import { root, stampFolder } from './root.mjs'
import { runtimeNode } from './runtime.mjs'
import { readStamp, signOf, writeStamp } from './stamp.mjs'

const stampFile = join(stampFolder, 'console-built')
const folder = join(root, 'packages', 'console')
const page = join(root, 'packages', 'latchkey', 'dist', 'console', 'index.html')

/** @returns {string} changes whenever Vite might have something to do */
function fingerprint() {
  const files = [
    // another version of a compiler may compile the console differently
    join(root, 'node_modules', '.package-lock.json'),
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name)),
    ...filesUnder(join(folder, 'src')),
    // The console contains the presets of trust rules, which the command line has too.
    ...filesUnder(join(root, 'packages', 'protocol', 'src')),
    // The documentation pages, and the code that renders them.
    ...filesUnder(join(root, 'docs')),
    ...filesUnder(join(root, 'site')).filter((file) => !file.includes('node_modules')),
    join(root, 'packages', 'latchkey', 'src', 'http', 'admin', 'documents', 'html.ts'),
  ]
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file} ${signOf(file)}\n`)
  return hash.digest('hex')
}

/** @returns {boolean} */
export function isConsoleBuilt() {
  return existsSync(page) && readStamp(stampFile) === fingerprint()
}

/**
 * Builds the console. Types are not checked here: `npm run check` does that, and the start of a server need not wait
 * for it.
 */
export async function buildConsole() {
  // The fingerprint is taken before the build, so that a file that is saved during the build is compiled by the next
  // build.
  const seen = fingerprint()
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', folder, '--logLevel', 'warn']
  const { succeeded, output } = await runHidden(runtimeNode(), args, { cwd: root })
  if (!succeeded) throw new StepFailure(`${output}\n\nThe console could not be built: see above.`)
  writeStamp(stampFile, seen)
}
