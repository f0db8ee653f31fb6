// Runs a command in this process, with an environment and a terminal of its own.
import { runCommand } from '../src/cli/run-command.ts'

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface TerminalSettings {
  /** What standard input holds; a keyboard when it is left out. */
  readonly stdin?: string
  /** Whether standard output is a terminal. */
  readonly screen?: true
  /** Of its lines; without it nobody knows. */
  readonly width?: number
  /** Whether somebody sees progress move on standard error. */
  readonly watched?: true
  /** What a person at the terminal answers to every question; without it there is nobody to ask. */
  readonly answer?: string
}

/** With no variables but these. Not for `serve`, which belongs in a process. */
export async function latchkey(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { stdin, screen, width, watched, answer }: TerminalSettings = {},
): Promise<CommandOutcome> {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const exitCode = await runCommand(args, {
    env,
    data: (text) => stdout.push(`${text}\n`),
    remark: (text) => stderr.push(`${text}\n`),
    heading: (text) => text,
    isScreen: screen === true,
    width,
    draw: (lines) => stdout.push(`${lines.join('\n')}\n`),
    progress: watched === true ? (text) => stderr.push(`${text}\r`) : undefined,
    ask: answer === undefined ? undefined : asking(answer, stderr),
    input: stdin === undefined ? undefined : bytes(stdin),
    readerGone: new AbortController().signal,
  })
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
}

const asking =
  (answer: string, stderr: string[]) =>
  async (question: string): Promise<string> => {
    stderr.push(`${question}${answer}\n`)
    return answer
  }

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
