// The agent as a user runs it, with one proxy.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secret } from '@latchkey/protocol'
import { keepStderr, startChild, stopChild } from '../children.ts'
import type { Placement } from '../placement.ts'
import type { BareHttp } from './bare-http.ts'
import { PROGRAM } from './latchkey.ts'

export interface AgentOptions {
  readonly folder: string
  readonly placement: Placement
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope: string
  readonly upstream: string
}

export interface RunningAgent extends BareHttp {
  readonly agentKeyFile: string
}

const START_MS = 60_000
const READY = /Proxy +bench {2}(\S+)\n/

export async function startAgent(desired: AgentOptions): Promise<RunningAgent> {
  const { folder, placement, clientSecret, upstream, tokenUrl, clientId, scope } = desired
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const [secretFile, agentKeyFile, file] = ['secret', 'agent.key', 'agent.json'].map((name) => join(folder, name))
  if (secretFile === undefined || agentKeyFile === undefined || file === undefined) throw new Error('no files')
  writeFileSync(secretFile, clientSecret.reveal(), { mode: 0o600 })
  const integration = {
    name: 'bench',
    token_url: tokenUrl,
    client_id: clientId,
    client_secret_file: secretFile,
    scopes: [scope],
  }
  const proxy = { name: 'bench', port: 0, upstream, integration: 'bench', scope }
  const content = {
    socket: join(folder, 'agent.sock'),
    agent_key_file: agentKeyFile,
    integrations: [integration],
    proxies: [proxy],
  }
  writeFileSync(file, JSON.stringify(content))
  const child = startChild({ placement, seat: 'server', words: [PROGRAM, 'agent', '--config', file], channel: 'none' })
  const complaints = keepStderr(child)
  const origin = await new Promise<string>((resolve, reject) => {
    let said = ''
    const fail = (): void => {
      reject(new Error(`the agent was not ready\n${said}\n${complaints()}`))
    }
    const deadline = setTimeout(fail, START_MS)
    child.once('exit', fail)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, found] = READY.exec(said) ?? []
      if (found === undefined) return
      clearTimeout(deadline)
      resolve(found)
    })
  })
  return { pid: child.pid ?? 0, origin, agentKeyFile, stop: () => stopChild(child) }
}
