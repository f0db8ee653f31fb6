// Runs the command line from its sources in its own process.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const PROGRAM = join(import.meta.dirname, 'latchkey-process.ts')

type Variables = Readonly<Record<string, string>>

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command with only these variables in the folder `cwd`. Resolves when it ends. */
export async function runLatchkey(args: readonly string[], env: Variables = {}, cwd?: string): Promise<Outcome> {
  const child = startLatchkey(args, env, cwd)
  const stdout = textOf(child.stdout)
  const stderr = textOf(child.stderr)
  const exitCode = await exitOf(child)
  return { exitCode, stdout: await stdout, stderr: await stderr }
}

/** Starts a command. The caller ends it. */
export const startLatchkey = (args: readonly string[], env: Variables = {}, cwd?: string): ChildProcess =>
  spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve(code)
    })
  })

export async function textOf(stream: Readable | null): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Reads the stream until `mark` has arrived. Throws if the stream ends earlier. */
export async function textUntil(stream: Readable | null, mark: string): Promise<string> {
  let text = ''
  for await (const chunk of stream?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk)
    if (text.includes(mark)) return text
  }
  throw new Error(`the stream ended without ${JSON.stringify(mark)}: ${text}`)
}
