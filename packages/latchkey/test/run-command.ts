// Runs a command in this process, with its own environment and terminal.
import { runCommand } from '../src/cli/run-command.ts'

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface TerminalSettings {
  /** The content of standard input. If it is undefined, standard input is a terminal. */
  readonly stdin?: string
  /** True if standard output is a terminal. */
  readonly screen?: true
  /** The width of the terminal. Undefined if it is unknown. */
  readonly width?: number
  /** True if standard error is a terminal, so that it shows progress. */
  readonly watched?: true
  /** The answer to every question of the command. If it is undefined, the command cannot ask. */
  readonly answer?: string
}

/** Runs a command with only these variables. Not for `serve`, which needs its own process. */
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
    coloured: (_colour, text) => text,
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
