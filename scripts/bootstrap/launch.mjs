// Runs the program as a child process: passes signals on to it, and ends with its exit code or signal.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { isatty } from 'node:tty'
import { onOrphaned } from './orphan.mjs'
import { root } from './root.mjs'

/** @param {string} node @param {string[]} words the file to run and its arguments */
export function launch(node, words) {
  const child = spawn(node, words, { stdio: 'inherit', env: environmentWithTools() })

  // A terminal sends Ctrl-C to the whole process group, so the child gets it already. Passing it on would deliver it
  // twice.
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  process.on('SIGINT', () => {
    if (!atTerminal) child.kill('SIGINT')
  })
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
  onOrphaned(() => child.kill('SIGTERM'))

  child.on('error', (cause) => {
    process.stderr.write(`${node} could not be started: ${cause.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1
      return
    }
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/**
 * The folder of this checkout's tools comes first on the PATH, so that `node` means the pinned Node for every script
 * and test.
 */
function environmentWithTools() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const tools = join(root, 'node_modules', '.bin')
  return { ...process.env, [name]: [tools, process.env[name] ?? ''].join(delimiter) }
}
