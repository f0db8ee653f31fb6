#!/usr/bin/env node
// The `latchkey` command: refuses a Node that is too old in words, and leaves the rest to the command line.
import { availableParallelism } from 'node:os'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `latchkey needs Node 22.18 or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
  )
  process.exitCode = 1
} else {
  // The thread pool signs tokens: work for the processor, and more threads than cores only get in each other's way.
  process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism())
  // Imported only now: an older Node could not even read it.
  const { main } = await import('../dist/cli/main.js')
  process.exitCode = await main(process.argv.slice(2))
}
