// Prints one line of progress for each step, and runs commands whose output is shown only if they fail.
import { spawn } from 'node:child_process'
import { onOrphaned } from './orphan.mjs'

/** The failure of a step. Its message says all that the user needs to know. */
export class StepFailure extends Error {}

/** @param {string} title @param {() => Promise<void>} work */
export async function step(title, work) {
  const started = performance.now()
  process.stderr.write(`${title}…`)
  try {
    await work()
  } catch (failure) {
    process.stderr.write(' failed\n')
    throw failure
  }
  process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/**
 * Runs a command until it ends and hides its output. If a signal ends the bootstrap, the command is ended first,
 * because an orphaned command would change the checkout during the next run.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
export function runHidden(command, args, options) {
  return new Promise((settle) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))

    /** @type {keyof typeof EXIT_CODES | undefined} */
    let endedBy
    const signals = /** @type {(keyof typeof EXIT_CODES)[]} */ (Object.keys(EXIT_CODES))
    /** @param {NodeJS.Signals} signal */
    const end = (signal) => {
      endedBy = signals.find((name) => name === signal)
      child.kill(signal)
    }
    for (const signal of signals) process.on(signal, end)
    const stopWatching = onOrphaned(() => end('SIGTERM'))

    /** @param {boolean} succeeded @param {string} output */
    const finish = (succeeded, output) => {
      stopWatching()
      for (const signal of signals) process.off(signal, end)
      if (endedBy === undefined) settle({ succeeded, output })
      else {
        process.stderr.write('\n')
        process.exit(EXIT_CODES[endedBy])
      }
    }
    child.on('error', (cause) => finish(false, `${command}: ${cause.message}`))
    child.on('close', (code) => finish(code === 0, Buffer.concat(chunks).toString('utf8').trimEnd()))
  })
}
