// Starts a server and kills its process at a chosen point of the start.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { aRelay } from '../../packages/latchkey/test/postgres/a-relay.ts'
import { atPort } from '../../packages/latchkey/test/postgres/databases.ts'

const PROGRAM = join(import.meta.dirname, 'server-process.ts')

export interface Starting {
  readonly env: Readonly<Record<string, string>>
  /** The server's clock, in seconds since the epoch. */
  readonly now: number
}

export type StartOutcome = 'killed' | 'ready'

/** Kills the process before its nth sync of a file. If the server becomes ready first, kills it then. */
export async function killAtSync(starting: Starting, nth: number): Promise<StartOutcome> {
  const syncs = 'fsync,fdatasync'
  const strace = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${syncs}`]
  return startAndKill(starting, [...strace, '-e', `inject=${syncs}:signal=SIGKILL:when=${nth}`])
}

/**
 * Kills the process after its nth writing transaction, before the database's answer arrives. If the server becomes
 * ready first, kills it then.
 */
export async function killAfterWrite(
  starting: Starting & { readonly url: string },
  nth: number,
): Promise<StartOutcome> {
  const watcher = new pg.Client({ connectionString: starting.url })
  await watcher.connect()
  const begun = async (): Promise<unknown> =>
    (await watcher.query<{ next: string }>('SELECT txid_snapshot_xmax(txid_current_snapshot()) AS next')).rows[0]?.next
  let child: ChildProcess | undefined
  let [last, written] = [await begun(), 0]
  // The proxy passes the answers of all connections one after the other, so that it can match each write with the
  // answer that reports it.
  let turn: Promise<unknown> = Promise.resolve()
  const { port } = await aRelay((near, keep) => {
    const far = connect(Number(new URL(starting.url).port), '127.0.0.1')
    keep(far)
    near.on('data', (bytes: Buffer) => far.write(bytes))
    far.on('data', (bytes: Buffer) => {
      turn = turn.then(() => pass(bytes, near))
    })
    near.on('close', () => far.destroy())
    far.on('close', () => void turn.then(() => near.destroy()))
  })
  const pass = async (bytes: Buffer, near: Socket): Promise<void> => {
    if (written < nth) {
      const now = await begun()
      if (now !== last) written++
      last = now
      if (written === nth) child?.kill('SIGKILL')
    }
    if (written < nth) near.write(bytes)
  }
  const env = { ...starting.env, LATCHKEY_DATABASE_URL: atPort(starting.url, port) }
  const outcome = await startAndKill({ ...starting, env }, [], (started) => (child = started))
  await turn
  await watcher.end()
  return outcome
}

async function startAndKill(
  { env, now }: Starting,
  wrap: readonly string[],
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<StartOutcome> {
  const [command = '', ...args] = [...wrap, process.execPath, PROGRAM, String(now)]
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The process has its own process group, so that a program under strace is killed together with strace.
    detached: true,
    env: {
      PATH: process.env['PATH'] ?? '',
      LATCHKEY_LOG_LEVEL: 'error',
      LATCHKEY_PORT: '0',
      LATCHKEY_ADMIN_PORT: '0',
      ...env,
    },
  })
  onStart(child)
  const end = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    process.kill(-child.pid, 'SIGKILL')
  }
  onTestFinished(end)
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk.toString())
    if (out.join('').includes('ready')) end()
  })
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (out.join('').includes('ready')) return 'ready'
  // strace ends in the way its program did: by the same signal, or with 128 + 9.
  if (signal === 'SIGKILL' || code === 137) return 'killed'
  throw new Error(`the server ended with ${String(code ?? signal)}: ${err.join('')}`)
}
