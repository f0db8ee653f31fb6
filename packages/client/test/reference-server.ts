// A server that has only the reference behaviour: query parameters, HTTP Basic, tokens of one hour, and a new token
// that deletes the old token.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export const CLIENT_ID = 'lk0123456789abcd'
export const CLIENT_SECRET = 'lks_0123456789abcdef0123456789abcdef-_-_'
const BASIC = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`

/** Called before the server answers. Returns true if it has answered in place of the server. */
export type Meddler = (request: IncomingMessage, response: ServerResponse) => boolean

export interface ReferenceServer {
  readonly url: string
  readonly tokenUrl: string
  /** An API endpoint: it answers 200 to the live token, and 401 to any other token. */
  readonly apiUrl: string
  /** How many tokens were issued, and how many requests the API refused. */
  readonly counts: { issued: number; refused: number; requested: number }
  lifetimeSeconds: number
  meddle: Meddler
  /** Requests a token as a program that does not share the store would do. */
  issue(scope: string): string
}

export async function aReferenceServer(now: () => number = () => Date.now()): Promise<ReferenceServer> {
  const live = new Map<string, { readonly token: string; readonly end: number }>()
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.endsWith('/v1/token')) server.counts.requested++
    if (server.meddle(request, response)) return
    if (pathname === '/api') return api(request, response)
    if (request.headers.authorization !== BASIC) return answer(response, 401, { error: 'invalid_client' })
    if (searchParams.get('grant_type') !== 'client_credentials')
      return answer(response, 400, { error: 'invalid_request' })
    const scope = searchParams.get('scope') ?? ''
    if (!scope.startsWith('machinelearning.')) return answer(response, 400, { error: 'invalid_scope' })
    answer(response, 200, {
      token_type: 'Bearer',
      expires_in: server.lifetimeSeconds,
      access_token: issue(scope),
      scope,
    })
  })
  const issue = (scope: string): string => {
    const [iat, jti] = [Math.floor(now() / 1000), `t${String(++server.counts.issued)}`]
    const claims = { iat, exp: iat + server.lifetimeSeconds, jti, scp: [scope] }
    const token = ['{"alg":"none"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.')
    live.set(scope, { token, end: now() + server.lifetimeSeconds * 1000 })
    return token
  }
  const api = (request: IncomingMessage, response: ServerResponse): void => {
    const isLive = [...live.values()].some(
      ({ token, end }) => request.headers.authorization === `Bearer ${token}` && now() < end,
    )
    if (!isLive) server.counts.refused++
    answer(response, isLive ? 200 : 401, {})
  }
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void (http.close(), http.closeAllConnections()))
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`
  const server: ReferenceServer = {
    url,
    tokenUrl: `${url}/oauth2/ausao8uveaPmyhv0v357/v1/token`,
    apiUrl: `${url}/api`,
    counts: { issued: 0, refused: 0, requested: 0 },
    lifetimeSeconds: 3600,
    meddle: () => false,
    issue,
  }
  return server
}

export function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
