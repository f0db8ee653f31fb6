// The real program in its own process, on a temporary data folder and free ports. It ends with the test that started
// it.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'

export interface RealServerOptions {
  /**
   * `LATCHKEY_…` variables. They override the variables that every test server gets. Variables of the shell are
   * ignored.
   */
  readonly env?: Readonly<Record<string, string>>
  /**
   * The data folder to use, which is not removed. By default the server gets a temporary folder, which is removed when
   * the server is stopped.
   */
  readonly dataDir?: string
  /** Words before the command, such as `strace` and its options. */
  readonly wrap?: readonly string[]
  /** The program and its first arguments. By default the program of this checkout. */
  readonly program?: Program
}

export type Program = readonly [file: string, ...args: string[]]

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RealServer {
  /** The process id of the server itself, also if it runs under a wrapper. */
  readonly pid: number
  readonly issuer: string
  readonly publicUrl: string
  readonly adminUrl: string
  readonly dataDir: string
  /** The output up to now. */
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  readonly exited: Promise<Exit>
  /** Stops the server, waits for its end, and removes a temporary data folder. */
  stop(): Promise<Exit>
}

/** A started program that may never become ready. */
export interface ServeProcess extends Pick<RealServer, 'dataDir' | 'stdout' | 'stderr' | 'exited' | 'stop'> {
  readonly child: ChildProcess
}

const ROOT = join(import.meta.dirname, '..')
const CHECKOUT: Program = [process.execPath, join(ROOT, 'packages/latchkey/bin/latchkey.js')]
const BUILT = join(ROOT, 'packages/latchkey/dist/cli/main.js')
const DEFAULT_AUTH_SERVER_ID = 'ausao8uveaPmyhv0v357'
// These deadlines make no promise about the server: on a busy machine a process may wait long for a core.
const START_MS = 60_000
/** The server itself takes at most ten seconds to stop. */
const STOP_MS = 60_000

/**
 * Starts a server for the running test and waits until it is ready. Throws with its output if it does not become
 * ready.
 */
export async function startRealServer(options: RealServerOptions = {}): Promise<RealServer> {
  const started = spawnServe(options)
  onTestFinished(async () => void (await started.stop()))
  return whenReady(started, options)
}

/** Starts a server for a whole test file. The caller stops it. */
export async function startServerOfSuite(options: RealServerOptions = {}): Promise<RealServer> {
  return whenReady(spawnServe(options), options)
}

/**
 * Starts a server whose start is expected to be refused, and does not wait until it is ready. The server ends with the
 * running test.
 */
export function startServe(options: RealServerOptions = {}): ServeProcess {
  const started = spawnServe(options)
  onTestFinished(async () => void (await started.stop()))
  return started
}

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'latchkey-e2e-'))

/** A folder that is removed after the running test. */
export function aTemporaryFolder(): string {
  const folder = temporaryFolder()
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

interface Spawned extends ServeProcess {
  /** The content of server.json before the start. */
  readonly staleServerFile: string | undefined
}

function spawnServe({ env = {}, dataDir, wrap = [], program = CHECKOUT }: RealServerOptions): Spawned {
  if (!existsSync(BUILT)) throw new Error('The packages are not built: run "npm run build" first.')
  const folder = dataDir ?? temporaryFolder()
  const staleServerFile = readServerFile(folder)
  const [command = '', ...args] = [...wrap, ...program, 'serve']
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutOurVariables(process.env),
      LATCHKEY_DATA_DIR: folder,
      LATCHKEY_PORT: '0',
      LATCHKEY_ADMIN_PORT: '0',
      LATCHKEY_LOG_FORMAT: 'json',
      ...env,
    },
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject)
    // The event `close` comes after all output has been read.
    child.on('close', (code, signal) => {
      process.off('exit', endNow)
      resolve({ code, signal })
    })
  })
  // A test that awaits the result sees the failure. In other tests the rejection must not count as unhandled.
  exited.catch(() => undefined)
  const serverPid = (): number | undefined => (wrap.length === 0 ? child.pid : pidIn(folder, staleServerFile))
  const endNow = (): void => {
    killIfThere(serverPid(), 'SIGKILL')
    child.kill('SIGKILL')
  }
  process.on('exit', endNow)
  const stop = async (): Promise<Exit> => {
    killIfThere(serverPid() ?? child.pid, 'SIGTERM')
    const deadline = setTimeout(endNow, STOP_MS)
    try {
      return await exited
    } finally {
      clearTimeout(deadline)
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true })
    }
  }
  let stopped: Promise<Exit> | undefined
  return { child, dataDir: folder, staleServerFile, stdout, stderr, exited, stop: () => (stopped ??= stop()) }
}

async function whenReady(started: Spawned, { env = {} }: RealServerOptions): Promise<RealServer> {
  const { dataDir, stdout, stderr, exited, stop, staleServerFile } = started
  let ended: Exit | undefined
  const onEnd = exited.then((exit) => {
    ended = exit
  })
  try {
    const {
      pid,
      admin_url: adminUrl,
      public_url: publicUrl,
    } = await eventually(
      async () => {
        if (ended !== undefined) throw new Error(`the server ended with ${String(ended.signal ?? ended.code)}`)
        const file = readServerFile(dataDir)
        if (file === undefined || file === staleServerFile) return undefined
        const server = JSON.parse(file) as ServerFile
        // The admin listener speaks plain HTTP on loopback, even if the public listener speaks TLS.
        const isReady = await fetch(`${server.admin_url}/readyz`).then(
          (response) => response.ok,
          () => false,
        )
        return isReady && stdout().endsWith('\n') ? server : undefined
      },
      { within: START_MS, what: 'the server is ready' },
    )
    const issuer = `${publicUrl}/oauth2/${env['LATCHKEY_AUTH_SERVER_ID'] ?? DEFAULT_AUTH_SERVER_ID}`
    const kill = (signal: NodeJS.Signals): void => {
      killIfThere(pid, signal)
    }
    return { pid, issuer, publicUrl, adminUrl, dataDir, stdout, stderr, kill, exited, stop }
  } catch (cause) {
    await stop()
    await onEnd
    throw new Error(`The server did not become ready. It wrote:\n${stdout()}\n${stderr()}`, { cause })
  }
}

interface ServerFile {
  readonly pid: number
  readonly admin_url: string
  readonly public_url: string
}

function readServerFile(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'server.json'), 'utf8')
  } catch {
    return undefined // not written yet, or removed by a clean stop
  }
}

function pidIn(dataDir: string, stale: string | undefined): number | undefined {
  const file = readServerFile(dataDir)
  return file === undefined || file === stale ? undefined : (JSON.parse(file) as ServerFile).pid
}

function killIfThere(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(pid, signal)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

const withoutOurVariables = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('LATCHKEY_') && name !== 'PORT'))
