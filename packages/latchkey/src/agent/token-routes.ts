// The agent's routes on its socket and on loopback HTTP: tokens, health and metrics.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TokenError } from '@latchkey/client'
import { REASONS } from '@latchkey/protocol'
import type { AgentMetrics } from './agent-metrics.ts'
import { answerJson, answerTokenError } from './answers.ts'
import { readJson } from './read-json.ts'
import type { ManagerEntry, TokenManagers } from './token-managers.ts'

export interface RoutePorts {
  readonly managers: TokenManagers
  readonly metrics: AgentMetrics
}

type Route = (
  ports: RoutePorts,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => Promise<void>

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /token': handOut,
  'POST /refused': replaceRefused,
  'GET /status': async ({ managers }, _request, response) => {
    answerJson(response, 200, { tokens: statuses(managers) })
  },
  'GET /livez': async (_ports, _request, response) => {
    answerJson(response, 200, { status: 'ok' })
  },
  'GET /readyz': async ({ managers }, _request, response) => {
    const stopped = statuses(managers).filter(({ state }) => state === 'stopped')
    answerJson(response, stopped.length === 0 ? 200 : 503, { status: stopped.length === 0 ? 'ok' : 'stopped', stopped })
  },
  'GET /metrics': async ({ metrics }, _request, response) => {
    response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
  },
}

/** Throws every error that is not a TokenError. The listener handles it. */
export async function answerRoute(
  ports: RoutePorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? '/'
  const { pathname, searchParams } = new URL(/^\/(?!\/)/.test(target) ? target : '/', 'http://agent')
  const route = ROUTES[`${request.method ?? ''} ${pathname}`]
  if (route === undefined) {
    const paths = Object.keys(ROUTES).join(', ')
    answerJson(response, 404, { error: 'not_found', error_description: `The routes are: ${paths}.` })
    return
  }
  try {
    await route(ports, request, response, searchParams)
  } catch (failure) {
    if (!(failure instanceof TokenError)) throw failure
    answerTokenError(response, failure)
  }
}

async function handOut(...[ports, , response, query]: Parameters<Route>): Promise<void> {
  const entry = findEntry(ports, response, query)
  if (entry === undefined) return
  answerToken(ports, response, entry, await entry.manager.getToken())
}

/** For programs that call an API themselves: the API answered 401 to the token in the body. */
async function replaceRefused(...[ports, request, response, query]: Parameters<Route>): Promise<void> {
  const entry = findEntry(ports, response, query)
  if (entry === undefined) return
  const body = await readJson(request)
  const token = body?.['access_token']
  if (typeof token !== 'string') {
    const error_description = 'The body must be JSON with access_token, and with reason if the API gave one.'
    answerJson(response, 400, { error: 'invalid_request', error_description })
    return
  }
  const next = await entry.manager.replaceRefused(
    token,
    REASONS.find((reason) => reason === body?.['reason']),
  )
  if (next !== undefined) answerToken(ports, response, entry, next)
  else
    answerJson(response, 409, {
      error: 'no_other_token',
      error_description: 'There is no other token. Do not retry now.',
    })
}

function findEntry(
  { managers }: RoutePorts,
  response: ServerResponse,
  query: URLSearchParams,
): ManagerEntry | undefined {
  const scope = query.get('scope') ?? ''
  if (scope === '') {
    const error_description = 'Name the scope of the token in the parameter scope.'
    answerJson(response, 400, { error: 'invalid_request', error_description })
    return undefined
  }
  const found = managers.find(scope, query.get('integration') ?? undefined)
  if (typeof found !== 'string') return found
  const error_description =
    found === 'none'
      ? 'No integration of this agent has that scope.'
      : 'Several integrations of this agent have that scope. Name one in the parameter integration.'
  answerJson(response, found === 'none' ? 404 : 400, { error: 'invalid_scope', error_description })
  return undefined
}

/** Answers in the form of RFC 6749 §5.1. */
function answerToken(
  { metrics }: RoutePorts,
  response: ServerResponse,
  entry: ManagerEntry,
  access_token: string,
): void {
  const { integration, manager } = entry
  metrics.served.inc({ integration, scope: manager.scope })
  const { expiresInSeconds: expires_in = 0 } = manager.status()
  answerJson(response, 200, { token_type: 'Bearer', expires_in, access_token, scope: manager.scope })
}

const statuses = ({ entries }: TokenManagers) =>
  entries.map(({ integration, manager }) => {
    const { clientId, scope, state, expiresInSeconds, jti, generation } = manager.status()
    return { integration, client_id: clientId, scope, state, expires_in: expiresInSeconds, jti, gen: generation }
  })
