// The routes of the agent on its Unix socket and on loopback HTTP: tokens, health and metrics.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TokenError } from '@latchkey/client'
import { REASONS, repeatedMember } from '@latchkey/protocol'
import type { AgentMetrics } from './agent-metrics.ts'
import { answerJson, answerTokenError } from './agent-answers.ts'
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
    answerJson(response, 200, { body: { tokens: statuses(managers) } })
  },
  'GET /livez': async (_ports, _request, response) => {
    answerJson(response, 200, { body: { status: 'ok' } })
  },
  'GET /readyz': async ({ managers }, _request, response) => {
    const stopped = statuses(managers).filter(({ state }) => state === 'stopped')
    answerJson(response, stopped.length === 0 ? 200 : 503, {
      body: { status: stopped.length === 0 ? 'ok' : 'stopped', stopped },
    })
  },
  'GET /metrics': async ({ metrics }, _request, response) => {
    response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
  },
}

/**
 * Answers a request, even if a token manager throws a `TokenError`. Throws every other error. The listener answers the
 * request in that case.
 */
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
    answerJson(response, 404, { body: { error: 'not_found', error_description: `The routes are: ${paths}.` } })
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
  answerToken(ports, response, { entry, token: await entry.manager.getToken() })
}

/**
 * Handles a program's report that an API answered 401 to a token. The body contains the token. Answers with another
 * token if there is one.
 */
async function replaceRefused(...[ports, request, response, query]: Parameters<Route>): Promise<void> {
  const entry = findEntry(ports, response, query)
  if (entry === undefined) return
  const body = await readJson(request)
  const token = body?.['access_token']
  if (typeof token !== 'string') {
    const error_description = 'The body must be JSON with access_token, and with reason if the API gave one.'
    answerJson(response, 400, { body: { error: 'invalid_request', error_description } })
    return
  }
  const next = await entry.manager.replaceRefused(
    token,
    REASONS.find((reason) => reason === body?.['reason']),
  )
  if (next !== undefined) answerToken(ports, response, { entry, token: next })
  else
    answerJson(response, 409, {
      body: {
        error: 'no_other_token',
        error_description: 'There is no other token. Do not retry now.',
      },
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
    answerJson(response, 400, { body: { error: 'invalid_request', error_description } })
    return undefined
  }
  const found = managers.find(scope, query.get('integration') ?? undefined)
  if (typeof found !== 'string') return found
  const error_description =
    found === 'none'
      ? 'No integration of this agent has that scope.'
      : 'Several integrations of this agent have that scope. Name one in the parameter integration.'
  answerJson(response, found === 'none' ? 404 : 400, { body: { error: 'invalid_scope', error_description } })
  return undefined
}

/** Answers with a token response (RFC 6749 §5.1). */
function answerToken(
  { metrics }: RoutePorts,
  response: ServerResponse,
  { entry, token }: { readonly entry: ManagerEntry; readonly token: string },
): void {
  const { integration, manager } = entry
  metrics.served.inc({ integration, scope: manager.scope })
  const { expiresInSeconds: expires_in = 0 } = manager.status()
  answerJson(response, 200, { body: { token_type: 'Bearer', expires_in, access_token: token, scope: manager.scope } })
}

const statuses = ({ entries }: TokenManagers) =>
  entries.map(({ integration, manager }) => {
    const { clientId, scope, state, expiresInSeconds, jti, generation } = manager.status()
    return { integration, client_id: clientId, scope, state, expires_in: expiresInSeconds, jti, gen: generation }
  })

const MOST_BYTES = 16 * 1024

/** Reads a JSON body. Undefined if the body is larger than 16 KiB, is not a JSON object, or has a repeated member. */
async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    const text = Buffer.concat(chunks).toString('utf8')
    const value: unknown = JSON.parse(text)
    const isSound = typeof value === 'object' && value !== null && repeatedMember(text) === undefined
    return isSound ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined // The body is not valid JSON. The answer then shows the caller the expected form.
  }
}
