// The command line as a program, straight from its sources: what run-latchkey.ts starts.
import { main } from '../src/cli/main.ts'

process.exitCode = await main(process.argv.slice(2))
