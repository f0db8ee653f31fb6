// A real agent in this process, with a real server, a temporary folder and free ports.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readAgentConfig } from '../src/agent/read-agent-config.ts'
import { type RunningAgent, startAgent } from '../src/agent/start-agent.ts'
import { createLogger } from '../src/log.ts'
import { aServer, MODEL, PREDICT, type ServerOptions, type TestIntegration, type TestServer } from './a-server.ts'

export interface TestAgent extends RunningAgent {
  readonly folder: string
  readonly server: TestServer
  readonly integration: TestIntegration
  readonly agentKey: string
  /** Sends a request to the agent's socket. */
  ask(method: string, path: string, body?: object): Promise<SocketAnswer>
}

export interface SocketAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly text: string
}

export interface TestAgentOptions {
  readonly server?: ServerOptions
  /** Settings in addition to `socket` and `integrations`. The function gets the folder of the test. */
  readonly more?: (folder: string, server: TestServer) => object
  /** The settings with which the integration authenticates, instead of its secret. */
  readonly proof?: (folder: string, server: TestServer, integration: TestIntegration) => Promise<object>
}

export async function anAgent({
  server: options = {},
  more = () => ({}),
  proof,
}: TestAgentOptions = {}): Promise<TestAgent> {
  const server = await aServer(options)
  const integration = await server.integration()
  const folder = aFolder()
  const settings = more(folder, server)
  const content =
    proof === undefined
      ? agentFile(folder, server, integration, settings)
      : {
          integrations: [{ ...billing(server, integration), ...(await proof(folder, server, integration)) }],
          ...settings,
        }
  const read = readAgentConfig(content, join(folder, 'run/agent.sock'))
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const agent = await startAgent(read.value, createLogger({ level: 'silent', format: 'json' }))
  onTestFinished(() => agent.stop())
  return {
    ...agent,
    folder,
    server,
    integration,
    get agentKey() {
      return readFileSync(join(folder, 'agent.key'), 'utf8').trim()
    },
    ask: (method, path, body) => askSocket(agent.socket, method, path, body),
  }
}

export function agentFile(folder: string, server: TestServer, integration: TestIntegration, more: object): object {
  const secretFile = join(folder, 'billing.secret')
  writeFileSync(secretFile, `${integration.clientSecret.reveal()}\n`, { mode: 0o600 })
  return { integrations: [{ ...billing(server, integration), client_secret_file: secretFile }], ...more }
}

const billing = ({ issuer }: TestServer, { clientId }: TestIntegration): object => ({
  name: 'billing',
  ...{ issuer, client_id: clientId, scopes: [PREDICT, MODEL] },
})

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-agent-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

export function askSocket(socketPath: string, method: string, path: string, body?: object): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type'] === 'application/json'
        const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
        resolve({ status: response.statusCode ?? 0, body: parsed, text })
      })
    })
    sent.once('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
