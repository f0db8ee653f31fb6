// The entry point of the command line, which bin/latchkey.js calls.
import { environment } from '../config/environment.ts'
import { runCommand } from './run-command.ts'
import { processTerminal } from './terminal.ts'

/** Runs the command and returns its exit code. `argv` begins with the first argument. Never throws. */
export const main = async (argv: readonly string[]): Promise<number> => runCommand(argv, processTerminal(environment()))
