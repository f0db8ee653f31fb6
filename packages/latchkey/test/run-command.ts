// Runs a command in this process, with an environment and a terminal of its own.
import { runCommand } from '../src/cli/run-command.ts'

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** With no variables but these. Not for `serve`, which belongs in a process. */
export async function latchkey(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const exitCode = await runCommand(args, {
    env,
    data: (text) => stdout.push(`${text}\n`),
    remark: (text) => stderr.push(`${text}\n`),
    heading: (text) => text,
  })
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
}
