// The programs of the demo, each in its own process, and their end.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

const ROOT = join(import.meta.dirname, '../..')
const LATCHKEY = join(ROOT, 'packages/latchkey/bin/latchkey.js')
const SANDBOX = join(ROOT, 'examples/ai-platform/main.ts')
const LONGEST_START_MILLISECONDS = 20_000
const LONGEST_STOP_MILLISECONDS = 12_000

export interface Program {
  readonly name: string
  readonly pid: number
  /** Ends the program and waits. Returns its exit code, or null after a kill. */
  stop(): Promise<number | null>
}

export interface Started<Ready> extends Program {
  /** The data that the program printed when it was ready. */
  readonly ready: Ready
}

type Variables = Readonly<Record<string, string>>

export interface ServerReady {
  readonly public_url: string
  readonly admin_url: string
  readonly issuer: string
}

/** Starts the server on free ports, with its own data folder. */
export const startServer = (dataDir: string, variables: Variables = {}): Promise<Started<ServerReady>> =>
  start('server', [LATCHKEY, 'serve'], {
    env: {
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_PORT: '0',
      LATCHKEY_ADMIN_PORT: '0',
      LATCHKEY_DEMO: 'off',
      LATCHKEY_LOG_FORMAT: 'json',
      ...variables,
    },
    ready: fromLog('server.started'),
  })

export interface GatewayReady {
  readonly url: string
  readonly status_url: string
}

/** `file` is the path of the gateway's settings, which must turn on JSON logs. */
export const startGateway = (file: string, variables: Variables): Promise<Started<GatewayReady>> =>
  start('gateway', [LATCHKEY, 'gateway', '--config', file], { env: variables, ready: fromLog('gateway.started') })

export const startSandbox = (): Promise<Started<string>> =>
  start('sandbox', [SANDBOX, '--port', '0'], {
    env: {},
    ready: (child) => firstLine(child.stdout, (line) => /http:\/\/\S+\d/.exec(line)?.[0]),
  })

interface StartOptions<Ready> {
  readonly env: Variables
  readonly ready: (child: ChildProcess) => Promise<Ready>
}

async function start<Ready>(
  name: string,
  words: readonly string[],
  desired: StartOptions<Ready>,
): Promise<Started<Ready>> {
  const child = spawn(process.execPath, words, { env: { ...desired.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => said.push(String(text)))
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    const late = setTimeout(kill, LONGEST_STOP_MILLISECONDS)
    const code = await ended
    clearTimeout(late)
    process.off('exit', kill)
    return code
  }
  const complaint = new Error(`the ${name} did not start`)
  const inVain = ended.then((): never => {
    throw new Error(`the ${name} ended before it was ready:\n${said.join('')}`)
  })
  inVain.catch(() => undefined)
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => {
      reject(complaint)
    }, LONGEST_START_MILLISECONDS)
  })
  try {
    const ready = await Promise.race([desired.ready(child), inVain, tooLate])
    return { name, pid: child.pid ?? 0, stop, ready }
  } catch (cause) {
    await stop()
    throw cause
  } finally {
    clearTimeout(late)
  }
}

const fromLog =
  <Ready>(event: string) =>
  (child: ChildProcess): Promise<Ready> =>
    firstLine(child.stderr, (line) => {
      const entry = line.startsWith('{') ? (JSON.parse(line) as { readonly event?: string }) : {}
      return entry.event === event ? (entry as Ready) : undefined
    })

/** Resolves with the first value that `read` returns for a line. Later output is read and dropped. */
function firstLine<Value>(stream: Readable | null, read: (line: string) => Value | undefined): Promise<Value> {
  return new Promise((resolve) => {
    if (stream === null) return
    createInterface({ input: stream }).on('line', (line) => {
      const value = read(line)
      if (value !== undefined) resolve(value)
    })
  })
}
