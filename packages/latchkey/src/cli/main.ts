// The door of the command line, for bin/latchkey.js.
import { environment } from '../config/environment.ts'
import { runCommand } from './run-command.ts'
import { processTerminal } from './terminal.ts'

/** Runs the command and returns its exit code; `argv` begins with the first argument. Never throws. */
export const main = async (argv: readonly string[]): Promise<number> => {
  endQuietlyWithoutReader()
  return runCommand(argv, processTerminal(environment()))
}

// `latchkey integrations list | head` closes the pipe early; that is no fault.
function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
