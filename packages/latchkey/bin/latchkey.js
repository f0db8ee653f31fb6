#!/usr/bin/env node
// The `latchkey` command: stops with an error message if the version of Node.js is too old, and otherwise starts the
// command line.
import { availableParallelism } from 'node:os'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `latchkey needs Node 22.18 or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
  )
  process.exitCode = 1
} else {
  // The thread pool signs tokens. That is work for the CPU, so more threads than cores would not be faster.
  process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism())
  // Imported after the version check, because an older Node.js cannot parse this module.
  const { main } = await import('../dist/cli/main.js')
  process.exitCode = await main(process.argv.slice(2))
}
