// The entry point of the command line, run from its sources. run-latchkey.ts starts it.
import { main } from '../src/cli/main.ts'

process.exitCode = await main(process.argv.slice(2))
