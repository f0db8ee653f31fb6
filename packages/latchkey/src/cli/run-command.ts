// Runs one command and returns its exit code. Reports a failure as text, or as JSON with --json.
import { CommanderError } from 'commander'
import { CliFailure, EXIT } from './cli-failure.ts'
import { program } from './program.ts'
import { jsonText, type Terminal } from './terminal.ts'

/** `argv` begins with the first argument. Never throws. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const wantsJson = argv.includes('--json')
  let exitCode: number = EXIT.ok
  const latchkey = program(terminal, (code) => {
    exitCode = code
  })
  try {
    await latchkey.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return report(error, wantsJson, terminal)
  }
}

function report(error: unknown, wantsJson: boolean, terminal: Terminal): number {
  if (error instanceof CommanderError) return reportUsage(error, wantsJson, terminal)
  const failure = error instanceof CliFailure ? error : unexpected(error)
  const { code, message, exitCode, facts } = failure
  if (wantsJson) terminal.data(errorDocument({ code, message, exit_code: exitCode, ...facts }))
  else terminal.remark(message)
  return exitCode
}

// Commander has printed help and version already. Usage errors are reported here.
function reportUsage({ exitCode, code, message }: CommanderError, wantsJson: boolean, terminal: Terminal): number {
  if (exitCode === 0) return EXIT.ok
  const isBare = code === 'commander.help'
  const text = isBare ? 'a command is missing' : message.replace(/^error: /, '')
  if (wantsJson) terminal.data(errorDocument({ code: 'usage', message: text, exit_code: EXIT.usage }))
  else if (!isBare) terminal.remark(`${text}\nAdd --help to see the commands and options.`)
  return EXIT.usage
}

const errorDocument = (error: Readonly<Record<string, unknown>>): string => jsonText({ error }, 2)

function unexpected(error: unknown): CliFailure {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new CliFailure({ code: 'unexpected_failure', exitCode: EXIT.failure, message })
}
