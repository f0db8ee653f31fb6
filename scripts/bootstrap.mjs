// Prepares a checkout (dependencies, build) and then runs one of its programs on the pinned Node. This file is plain
// JavaScript, because it runs on whatever Node the machine has.
// node scripts/bootstrap.mjs [--quiet] [latchkey | run <file>] [arguments…]
// Progress goes to stderr, so that stdout belongs to the program alone.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildPackages, isBuilt } from './bootstrap/build.mjs'
import { installDependencies, isInstalled } from './bootstrap/install.mjs'
import { launch } from './bootstrap/launch.mjs'
import { withCheckoutLock } from './bootstrap/lock.mjs'
import { StepFailure } from './bootstrap/progress.mjs'
import { root } from './bootstrap/root.mjs'
import { runtimeNode } from './bootstrap/runtime.mjs'

const USAGE = 'Usage: node scripts/bootstrap.mjs [--quiet] [latchkey | run <file>] [arguments…]'

/** @param {string[]} words @returns {string[] | undefined} the file to run with its arguments, or nothing to run */
function readTarget(words) {
  const [target, ...rest] = words
  if (target === undefined) return undefined
  if (target === 'latchkey') return [resolve(root, 'packages/latchkey/bin/latchkey.js'), ...rest]
  const [file, ...args] = rest
  if (target !== 'run' || file === undefined) throw new StepFailure(USAGE)
  const script = resolve(root, file)
  if (!existsSync(script)) throw new StepFailure(`There is no ${file} in this checkout.`)
  return [script, ...args]
}

async function makeReady() {
  if (isInstalled() && isBuilt()) return 'unchanged'
  await withCheckoutLock(async () => {
    // The check is repeated, because another process may have installed while this process waited for the lock.
    if (!isInstalled()) await installDependencies()
    if (!isBuilt()) await buildPackages()
  })
  return 'changed'
}

try {
  const words = process.argv.slice(2)
  const quiet = words[0] === '--quiet'
  const target = readTarget(quiet ? words.slice(1) : words)
  const outcome = await makeReady()
  if (target !== undefined) launch(runtimeNode(), target)
  else if (!quiet && outcome === 'unchanged') process.stderr.write('Dependencies and build are up to date.\n')
} catch (failure) {
  if (!(failure instanceof StepFailure)) throw failure
  process.stderr.write(`${failure.message}\n`)
  process.exitCode = 1
}
