// Starts the processes of the benchmark and ends every one of them, whatever happens.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Placement, type Seat, seated } from './placement.ts'

export interface ChildOptions {
  readonly placement: Placement
  readonly seat: Seat
  /** Node's flags, the file and its arguments. */
  readonly words: readonly string[]
  /** Beside PATH, all it gets. */
  readonly env?: Readonly<Record<string, string>>
  /** `jobs` for the programs of this folder, which answer messages; `none` for a program that a user would start. */
  readonly channel: 'jobs' | 'none'
}

const PATIENCE_MS = 5000
const KEPT_OF_STDERR = 2000

const running = new Set<ChildProcess>()
let ending = false

/** Throws once `stopAllChildren` was called. */
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

/** What the child says when it fails. Must be called right after its start. */
export function keepStderr(child: ChildProcess): () => string {
  let kept = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_OF_STDERR)
  })
  return () => kept
}

/** Asks it to end; a process that does not listen is ended. */
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
