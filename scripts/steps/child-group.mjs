// Runs a Node program in its own process group, so that the program can be ended with all its children.
import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cache } from './step.mjs'

/**
 * @typedef {object} ChildGroup
 * @property {Promise<{ code: number | null, output: string }>} ended settles when the program and its output have ended
 * @property {() => Promise<void>} end asks every process of the group to end, and kills those that are left after 5 s
 * @property {() => void} kill kills every process of the group at once
 */

const GRACE_MS = 5000
const POLL_MS = 50
// Windows has no process groups.
const grouped = process.platform !== 'win32'

/**
 * @param {string[]} args
 * @param {object} options
 * @param {'normal' | 'low'} options.priority low: the program gets the processor time that other processes leave
 * @param {'messages' | 'no_messages'} options.channel
 * @param {(message: unknown) => void} options.onMessage
 * @returns {ChildGroup}
 */
export function startGroup(args, { priority, channel, onMessage }) {
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1',
      // A run starts hundreds of Node processes. They share the compiled code in this folder.
      NODE_COMPILE_CACHE: join(cache, 'compiled'),
    },
    stdio: ['ignore', 'pipe', 'pipe', ...(channel === 'messages' ? [/** @type {const} */ ('ipc')] : [])],
    detached: grouped,
  })
  const { pid } = child
  if (priority === 'low' && pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)

  /** @param {NodeJS.Signals | 0} signal @returns {boolean} false if no process of the group is left */
  const signalGroup = (signal) => {
    if (pid === undefined) return false
    if (!grouped) return child.exitCode === null && child.signalCode === null && child.kill(signal)
    try {
      return process.kill(-pid, signal)
    } catch {
      return false // ESRCH: the group is empty
    }
  }
  const kill = () => void signalGroup('SIGKILL')
  process.on('exit', kill)

  /** @type {Buffer[]} */
  const chunks = []
  child.stdout?.on('data', (chunk) => chunks.push(chunk))
  child.stderr?.on('data', (chunk) => chunks.push(chunk))
  child.on('message', onMessage)
  const ended = new Promise((settle, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      process.off('exit', kill)
      settle({ code, output: Buffer.concat(chunks).toString('utf8').trim() })
    })
  })

  const end = async () => {
    const deadline = performance.now() + GRACE_MS
    signalGroup('SIGTERM')
    while (signalGroup(0) && performance.now() < deadline) await delay(POLL_MS)
    kill()
  }
  return { ended, end, kill }
}
