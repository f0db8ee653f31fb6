// The listeners that are attacked, each with an honest request that is measured during the attack.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createIntegration, PREDICT } from '../../e2e/integrations.ts'
import { startAgent } from '../servers/agent.ts'
import { type BareHttp, startBareHttp } from '../servers/bare-http.ts'
import { startGateway } from '../servers/gateway.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { startMock } from '../servers/mock.ts'

export const LISTENERS = ['public', 'admin', 'gateway', 'agent', 'mock'] as const

export type ListenerName = (typeof LISTENERS)[number]

export interface AttackedListener {
  /** The process whose memory is measured. */
  readonly pid: number
  /** The attacked origin. */
  readonly url: string
  /**
   * The request of the attacker. It contains no secret. The agent closes a connection whose request lacks the agent
   * key, so a request to the agent contains that key.
   */
  readonly attack: string
  /**
   * The honest request and the origin that gets it: a token request, or a request to which the listener adds a token.
   */
  readonly honest: { readonly url: string; readonly request: string }
  stop(): Promise<void>
}

const PLACEMENT = 'all cores'

export async function startListener(name: ListenerName, folder: string): Promise<AttackedListener> {
  if (name === 'mock') return mock()
  const dataDir = join(folder, `attacks-${name}-${String(performance.now())}`)
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: PLACEMENT })
  const { tokenUrl, adminUrl, jwksUrl, pid } = server
  const client = await createIntegration({ adminUrl, dataDir })
  const token = tokenRequest(tokenUrl, client.clientId, client.clientSecret.reveal())
  const stop = (): Promise<void> => server.stop()
  if (name === 'public') return { pid, url: new URL(jwksUrl).origin, attack: get(jwksUrl), honest: token, stop }
  if (name === 'admin')
    return { pid, url: adminUrl, attack: get(`${adminUrl}/admin/v1/openapi.json`), honest: token, stop }
  const api = await startBareHttp(PLACEMENT, { headers: ['Content-Length', '2'], body: 'ok' })
  let door: BareHttp
  let key: string
  if (name === 'gateway') {
    door = await startGateway({ server, dataDir, upstream: api.origin, placement: PLACEMENT, accessLog: 'on' })
    key = await accessToken(token)
  } else {
    const agent = await startAgent({
      ...{ folder: join(dataDir, 'agent'), placement: PLACEMENT, tokenUrl, upstream: api.origin, scope: PREDICT },
      ...{ clientId: client.clientId, clientSecret: client.clientSecret },
    })
    door = agent
    key = readFileSync(agent.agentKeyFile, 'utf8').trim()
  }
  const url = `${door.origin}/ai/usecase`
  const honest = { url: door.origin, request: get(url, key) }
  return {
    pid: door.pid,
    url: door.origin,
    attack: name === 'agent' ? honest.request : get(url),
    honest,
    stop: async () => {
      await Promise.all([door.stop(), api.stop()])
      await stop()
    },
  }
}

async function mock(): Promise<AttackedListener> {
  const server = await startMock(PLACEMENT)
  const { pid, reported } = server
  const { token_endpoint: tokenUrl, client_id: id, client_secret: secret } = reported
  const keys = tokenUrl.replace(/token$/, 'keys')
  const honest = tokenRequest(tokenUrl, id, secret)
  return { pid, url: new URL(keys).origin, attack: get(keys), honest, stop: () => server.stop() }
}

function get(url: string, bearer?: string): string {
  const { host, pathname } = new URL(url)
  const authorization = bearer === undefined ? '' : `Authorization: Bearer ${bearer}\r\n`
  return `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`
}

function tokenRequest(tokenUrl: string, id: string, secret: string): AttackedListener['honest'] {
  const { host, pathname, origin } = new URL(tokenUrl)
  const basic = Buffer.from(`${id}:${secret}`).toString('base64')
  const target = `${pathname}?grant_type=client_credentials&scope=${PREDICT}`
  const request = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Basic ${basic}\r\nContent-Length: 0\r\n\r\n`
  return { url: origin, request }
}

async function accessToken({ url, request }: AttackedListener['honest']): Promise<string> {
  const [, target = '', authorization = ''] = /^POST (\S+)[\s\S]*Authorization: (.*)\r/.exec(request) ?? []
  const answer = await fetch(url + target, { method: 'POST', headers: { authorization } })
  return ((await answer.json()) as { readonly access_token: string }).access_token
}
