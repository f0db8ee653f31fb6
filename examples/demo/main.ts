// npm run demo: a server, a gateway and a sandbox of five APIs on free ports, a walk through them, and their end.
import { startPlatform } from './platform.ts'
import { failure, heading, remark, success } from './screen.ts'
import { walk } from './walk.ts'

heading('Latchkey: one live token for each integration and scope')

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  const platform = await startPlatform()
  const { server, gateway, sandbox } = platform
  remark(`server   ${server.issuer}`)
  remark(`gateway  ${gateway.url}`)
  remark(`sandbox  ${sandbox}   five APIs with a few lines of arithmetic behind them; nothing was trained`)
  try {
    await walk(platform)
    success('As promised. Your own: npm start, then docs/gateway.md.')
  } finally {
    await platform.stop()
  }
} catch (cause) {
  failure(cause instanceof Error ? cause.message : String(cause))
  process.exitCode = 1
}
