// Starts the processes of the benchmark, and ends all of them whatever happens.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Placement, type Seat, seated } from './placement.ts'

export interface ChildOptions {
  readonly placement: Placement
  readonly seat: Seat
  /** Node's flags, the file and its arguments. */
  readonly words: readonly string[]
  /** All variables of the process except PATH. */
  readonly env?: Readonly<Record<string, string>>
  /** `jobs`: the child is a program of this folder and answers messages. `none`: the child is a program for users. */
  readonly channel: 'jobs' | 'none'
}

const PATIENCE_MS = 5000
const KEPT_OF_STDERR = 2000

const running = new Set<ChildProcess>()
let ending = false

/** Starts a process. Throws after `stopAllChildren` was called. */
export function startChild({ placement, seat, words, env = {}, channel }: ChildOptions): ChildProcess {
  if (ending) throw new Error('the benchmark is being ended')
  const [command, args] = seated(placement, seat, words)
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', channel === 'jobs' ? 'ipc' : 'ignore'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    serialization: 'advanced',
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Collects the error output of the child. Must be called right after the start. */
export function keepStderr(child: ChildProcess): () => string {
  let kept = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_OF_STDERR)
  })
  return () => kept
}

/** Ends the process: sends SIGTERM, and SIGKILL after a deadline. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  child.kill('SIGTERM')
  await exited
  clearTimeout(deadline)
}

export async function stopAllChildren(): Promise<void> {
  ending = true
  await Promise.all([...running].map(stopChild))
}
