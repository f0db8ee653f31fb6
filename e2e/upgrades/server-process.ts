// A server of today in a process of its own. Its settings are in the environment, and its clock stands at the moment in
// the first argument, in seconds since the epoch. Writes a line to standard output once it is ready.
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
