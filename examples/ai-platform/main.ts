// Runs the sandbox on loopback: node scripts/bootstrap.mjs run examples/ai-platform/main.ts [--port 9090]
import { parseArgs } from 'node:util'
import { createAiPlatform } from './ai-platform.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '9090' } } })
const app = createAiPlatform({ workMilliseconds: 1500, wordMilliseconds: 40 })

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
const address = await app.listen({ host: '127.0.0.1', port: Number(values.port) })
console.log(`The sandbox answers at ${address}. It has no trained model, and it trusts every caller that reaches it.`)
