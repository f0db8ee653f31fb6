// A current server in its own process. The environment holds its settings. The first argument is the time on its clock,
// in seconds since the epoch, and the clock stands still. The process writes a line to standard output once the server
// is ready.
import { performance } from 'node:perf_hooks'
import { startServer } from '../../packages/latchkey/src/server/start-server.ts'
import { readConfig } from '../../packages/latchkey/src/config/read-config.ts'
import { createLogger } from '../../packages/latchkey/src/log.ts'

const now = Number(process.argv[2])
const read = readConfig({ env: process.env, flags: {} })
if (!read.ok) throw new Error(JSON.stringify(read.refusal))
const clock = { now: () => now, monotonic: () => performance.now() }
await startServer(read.value, createLogger(read.value.log), { clock })
console.log('ready')
