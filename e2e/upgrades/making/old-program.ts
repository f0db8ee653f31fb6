// Runs servers and commands of a built checkout, with the clock at a chosen time.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../../eventually.ts'

const SHIFTED_CLOCK = join(import.meta.dirname, 'shifted-clock.mjs')
const WITHIN = 60_000

export interface OldProgram {
  /** The folder of the built checkout. */
  readonly root: string
  /** `LATCHKEY_…` variables of every process. */
  readonly env: Readonly<Record<string, string>>
}

export interface OldServer {
  readonly publicUrl: string
  readonly adminUrl: string
  /** Everything that the server has written to standard output up to now. */
  stdout(): string
  stop(): Promise<void>
  /** Kills the process, so that it cannot clean up. */
  kill(): Promise<void>
}

const children = new Set<ChildProcess>()
// If making the fixtures fails half-way, the servers are killed.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts the server with its clock at `at`. The clock runs on from there. Resolves when the server is ready. */
export async function serveAt(program: OldProgram, at: Date): Promise<OldServer> {
  const dataDir = program.env['LATCHKEY_DATA_DIR'] ?? ''
  const child = run(program, at, ['serve'])
  let [written, stdout] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const closed = once(child, 'close')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await closed
  }
  const { public_url: publicUrl, admin_url: adminUrl } = await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${stdout}${written}`)
      const file = join(dataDir, 'server.json')
      if (!existsSync(file)) return undefined
      const server = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; public_url: string; admin_url: string }
      if (server.pid !== child.pid) return undefined
      const ready = await fetch(`${server.admin_url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
      return ready && stdout.endsWith('\n') ? server : undefined
    },
    { within: WITHIN, what: 'the server is ready' },
  )
  return { publicUrl, adminUrl, stdout: () => stdout, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

/** Runs a command until it ends, and returns what it printed. Throws if it fails. */
export async function commandAt(program: OldProgram, at: Date, args: readonly string[]): Promise<string> {
  const child = run(program, at, args)
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`latchkey ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
  return stdout
}

function run({ root, env }: OldProgram, at: Date, args: readonly string[]): ChildProcess {
  const program = join(root, 'packages/latchkey/bin/latchkey.js')
  const child = spawn(process.execPath, ['--import', SHIFTED_CLOCK, program, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, PATH: process.env['PATH'] ?? '', CLOCK_SHIFT: String(at.getTime() - Date.now()) },
  })
  children.add(child)
  child.once('close', () => children.delete(child))
  return child
}
