// A real server behind a proxy that can fail, and guards that follow the server through the proxy.
import { createGuard, type Guard, type GuardEvent, type GuardOptions, requiredScope } from '@latchkey/guard'
import { onTestFinished } from 'vitest'
import { freePort } from '../free-port.ts'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { type RealServer, startRealServer } from '../real-server.ts'
import { aTcpProxy, type TcpProxy } from '../tcp-proxy.ts'

export interface GuardedServer {
  readonly server: RealServer
  readonly proxy: TcpProxy
  readonly client: Integration
  readonly reader: Integration
  /** Requests a new token directly from the server, not through the proxy. */
  readonly token: () => Promise<string>
  readonly guard: (liveness: GuardOptions['liveness']) => GuardUnderTest
}

export interface GuardUnderTest extends Guard {
  readonly events: readonly GuardEvent[]
  /** Returns the status and the reason of a verdict, such as `401 superseded`. */
  verdict(token: string): Promise<string>
}

export async function aGuardedServer(): Promise<GuardedServer> {
  const proxy = await aTcpProxy()
  proxy.target = await freePort()
  const env = { LATCHKEY_PORT: String(proxy.target), LATCHKEY_PUBLIC_URL: proxy.url }
  const server = await startRealServer({ env })
  const client = await createIntegration(server, { name: 'Client' })
  const reader = await createIntegration(server, { name: 'APIs', resource_server: true })
  const direct = server.issuer.replace(proxy.url, `http://127.0.0.1:${String(proxy.target)}`)
  return {
    ...{ server, proxy, client, reader },
    token: () => newToken(direct, client),
    guard: (liveness) => aGuardOf(server, reader, liveness),
  }
}

export async function newToken(issuer: string, { basic }: Pick<Integration, 'basic'>): Promise<string> {
  const url = `${issuer}/v1/token?scope=${PREDICT}&grant_type=client_credentials`
  const response = await fetch(url, { method: 'POST', headers: { authorization: basic } })
  if (response.status !== 200) throw new Error(`no token: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { access_token: string }).access_token
}

function aGuardOf(
  { issuer }: Pick<RealServer, 'issuer'>,
  { clientId, clientSecret }: Integration,
  liveness: GuardOptions['liveness'],
): GuardUnderTest {
  const events: GuardEvent[] = []
  const guard = createGuard({
    issuer: new URL(issuer),
    audience: 'api://default',
    liveness,
    credentials: { clientId, clientSecret: clientSecret.reveal() },
    onEvent: (event) => void events.push(event),
  })
  onTestFinished(() => guard.close())
  const verdict = async (token: string): Promise<string> => {
    const decision = await guard.check(`Bearer ${token}`, requiredScope(PREDICT))
    return decision.ok ? '200' : `${String(decision.status)} ${decision.reason}`
  }
  return { ...guard, events, verdict }
}
