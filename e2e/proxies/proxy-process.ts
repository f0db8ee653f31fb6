// Starts a real proxy with the configuration of an example, in which only addresses are changed.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'

/** The test's replacements for the addresses 127.0.0.1:8000, 8080 and 9000 of the examples. */
export interface Places {
  readonly listen: number
  readonly latchkey: number
  readonly api: number
}

export interface Door {
  /** The origin of the proxy. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts a proxy with an example, after making the changes in it. */
export type OpenDoor = (places: Places, changes?: readonly Change[]) => Promise<Door>

const EXAMPLES = join(import.meta.dirname, '../../examples')
const START_MS = 60_000
const STOP_MS = 60_000

export type Change = readonly [from: string, to: string]

/**
 * Returns the text of an example. Makes each change wherever its text occurs. Throws if a text to change is missing.
 */
export function exampleWith(file: string, changes: readonly Change[]): string {
  let text = readFileSync(join(EXAMPLES, file), 'utf8')
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`examples/${file} does not contain ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** The changes from the addresses in the examples to those of a test. */
export const addressChanges = ({ listen, latchkey, api }: Places): Readonly<Record<keyof Places, Change>> => ({
  listen: ['127.0.0.1:8000', `127.0.0.1:${String(listen)}`],
  latchkey: ['127.0.0.1:8080', `127.0.0.1:${String(latchkey)}`],
  api: ['127.0.0.1:9000', `127.0.0.1:${String(api)}`],
})

export interface ProxyCommand {
  readonly program: string
  readonly args: (folder: string) => readonly string[]
  /** Returns the files, by name, to write into the folder of this proxy before it starts. */
  readonly files: (folder: string) => Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly port: number
}

/** Resolves when the proxy accepts connections. Throws with its output if it does not start. */
export async function startProxy({ program, args, files, env = {}, port }: ProxyCommand): Promise<Door> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-proxy-'))
  // A proxy that drops root privileges must still read its configuration and write temporary files.
  chmodSync(folder, 0o777)
  for (const [name, text] of Object.entries(files(folder))) writeFileSync(join(folder, name), text)
  const child = spawn(program, args(folder), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: folder, ...env },
  })
  const written = keepOutput(child)
  const exited = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      resolve()
    })
  })
  const endNow = (): void => void child.kill('SIGKILL')
  process.on('exit', endNow)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const deadline = setTimeout(endNow, STOP_MS)
    await exited
    clearTimeout(deadline)
    process.off('exit', endNow)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.race([
      eventually(() => accepts(port), { within: START_MS, what: `${program} listens` }),
      exited.then(() => Promise.reject(new Error(`${program} ended`))),
    ])
  } catch (cause) {
    await stop().catch(() => undefined)
    throw new Error(`${program} did not start. It wrote:\n${written()}`, { cause })
  }
  return { url: `http://127.0.0.1:${String(port)}`, stop }
}

function keepOutput(child: ChildProcess): () => string {
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}
