// Runs the built command line in its own process, with pipes or on a terminal.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The built command line. */
export const PROGRAM = join(import.meta.dirname, '../packages/latchkey/bin/latchkey.js')

type Variables = Readonly<Record<string, string>>

export interface CliProcess {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts a command with only these variables. If it still runs at the end of the running test, it is killed. */
export function startCli(args: readonly string[], env: Variables, stdin?: string): CliProcess {
  return observed(spawn(process.execPath, [PROGRAM, ...args], { env: { ...env }, stdio: 'pipe' }), stdin)
}

/**
 * Starts a command on a terminal that the program `script` of util-linux provides. What appears on the terminal is in
 * `stdout`.
 */
export function startOnTerminal(args: readonly string[], env: Variables): CliProcess {
  const command = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ')
  const variables = { ...env, PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', TERM: 'xterm' }
  return observed(spawn('script', ['-qefc', command, '/dev/null'], { env: variables, stdio: 'pipe' }))
}

function observed(child: ReturnType<typeof spawn>, stdin?: string): CliProcess {
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  if (stdin !== undefined) child.stdin?.end(stdin)
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal })
    })
  })
  return {
    child,
    stdout: () => Buffer.concat(stdout).toString(),
    stderr: () => Buffer.concat(stderr).toString(),
    exited,
  }
}
