// Several agents with one integration share its live token: through a common store, or through the issue mode `stable`.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readAgentConfig } from '../../src/agent/read-agent-config.ts'
import { startAgent } from '../../src/agent/start-agent.ts'
import { createLogger } from '../../src/log.ts'
import { aServer, PREDICT, type TestIntegration, type TestServer } from '../a-server.ts'
import { aFolder, agentFile, askSocket } from '../an-agent.ts'

async function agents(server: TestServer, integration: TestIntegration, more: object) {
  const folder = aFolder()
  const content = agentFile(folder, server, integration, more)
  return Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      const config = readAgentConfig(content, join(folder, name, 'agent.sock'))
      if (!config.ok) throw new Error(JSON.stringify(config.refusal))
      const agent = await startAgent(config.value, createLogger({ level: 'silent', format: 'json' }))
      onTestFinished(() => agent.stop())
      return async (): Promise<string> => {
        const { body } = await askSocket(agent.socket, 'GET', `/token?scope=${PREDICT}`)
        return String(body['access_token'])
      }
    }),
  )
}

const jtiOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: unknown }).jti

test('agents whose token store is one common folder serve the same token', async () => {
  const server = await aServer()
  const requested = await agents(server, await server.integration(), { store: { folder: join(aFolder(), 'tokens') } })
  const tokens = await Promise.all([...requested, ...requested].map((ask) => ask()))
  expect(new Set(tokens).size).toBe(1)
  expect(await server.verify(String(tokens[0]))).toMatchObject({ status: 200 })
})

test('agents without a common store serve the same token if the integration is in stable mode', async () => {
  const server = await aServer()
  const integration = await server.integration({ mode: { kind: 'stable', renewBeforeSeconds: 300 }, graceSeconds: 60 })
  const tokens: string[] = []
  for (const ask of await agents(server, integration, {})) tokens.push(await ask())
  expect(new Set(tokens.map(jtiOf)).size).toBe(1)
  for (const token of tokens) expect(await server.verify(token)).toMatchObject({ status: 200 })
})
