// Puts an agent together: token managers, the socket, loopback HTTP and the proxies.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AgentConfig } from './agent-config.ts'
import { AgentMetrics } from './agent-metrics.ts'
import { ambiguityOf } from './ambiguous.ts'
import { answerJson, turnAway } from './answers.ts'
import { type CallerCheck, onLoopback, onSocket } from './caller-check.ts'
import { listenOnLoopback, listenOnSocket } from './listen.ts'
import type { Logger } from '../log.ts'
import { createProxy } from './proxy.ts'
import { openTokenDesk, type TokenDesk } from './token-desk.ts'
import { answerRoute } from './token-routes.ts'

export interface RunningAgent {
  readonly socket: string
  /** Undefined when it is off. */
  readonly httpUrl?: string
  readonly proxies: readonly { readonly name: string; readonly address: string }[]
  /** Takes no more requests, and resolves when those in work are answered. */
  stop(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Throws Error with a cure when it cannot listen where it should. */
export async function startAgent(config: AgentConfig, logger: Logger): Promise<RunningAgent> {
  const desk = await openTokenDesk(config)
  const metrics = new AgentMetrics()
  follow(desk, metrics, logger)
  const servers: Server[] = []
  const closers = [
    () => {
      desk.close()
    },
  ]
  const serverFor = (check: CallerCheck, handle: Handler): Server => {
    const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 }, (request, response) => {
      const why = ambiguityOf(request) ?? check(request)
      if (why !== undefined) {
        metrics.turnedAway.inc({ why })
        logger.warn({ event: 'agent.turned_away', reason: why }, 'a caller was turned away')
        turnAway(response, why)
        return
      }
      handle(request, response).catch((fault: unknown) => {
        logger.error({ event: 'agent.fault', err: fault }, 'a request could not be answered')
        if (response.headersSent) response.destroy()
        else answerJson(response, 500, { error: 'server_error', error_description: 'See the log of the agent.' })
      })
    })
    // By default Node drops headers above 2000 in silence: a second Host header could hide there.
    server.maxHeadersCount = 0
    // Tunnels lead past everything this is for; without a listener Node would only hang up.
    server.on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    servers.push(server)
    return server
  }
  const loopbackCheck = (): CallerCheck => {
    if (config.agentKey === undefined) throw new Error('something is to listen on loopback, and there is no agent key')
    return onLoopback(config.agentKey)
  }

  const routes: Handler = (request, response) => answerRoute({ desk, metrics }, request, response)
  try {
    await listenOnSocket(serverFor(onSocket, routes), config.socket)
    const httpPort = config.http && (await listenOnLoopback(serverFor(loopbackCheck(), routes), config.http.port))
    const proxies: { name: string; address: string }[] = []
    for (const wish of config.proxies) {
      const entry = desk.find(wish.scope, wish.integration)
      if (typeof entry === 'string') throw new Error(`the proxy ${wish.name} has no integration`)
      const onAnswer = (status: number): void => {
        metrics.proxied.inc({ proxy: wish.name, status: String(status) })
      }
      const proxy = createProxy(wish, { manager: entry.manager, onAnswer })
      closers.push(() => {
        proxy.close()
      })
      const handle: Handler = (request, response) => proxy.handle(request, response)
      if ('socket' in wish.listen) {
        await listenOnSocket(serverFor(onSocket, handle), wish.listen.socket)
        proxies.push({ name: wish.name, address: wish.listen.socket })
      } else {
        const port = await listenOnLoopback(serverFor(loopbackCheck(), handle), wish.listen.port)
        proxies.push({ name: wish.name, address: `http://127.0.0.1:${String(port)}` })
      }
    }
    const httpUrl = httpPort === undefined ? {} : { httpUrl: `http://127.0.0.1:${String(httpPort)}` }
    return { socket: config.socket, ...httpUrl, proxies, stop: () => stop(servers, closers) }
  } catch (cause) {
    await stop(servers, closers)
    throw cause
  }
}

/** Streams that never end are cut then; their callers connect again. */
const LONGEST_FINISH_MS = 8000

async function stop(servers: readonly Server[], closers: readonly (() => void)[]): Promise<void> {
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, LONGEST_FINISH_MS)
  await Promise.all(servers.map(closed))
  clearTimeout(cut)
  for (const close of closers) close()
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeIdleConnections()
  })

function follow({ entries }: TokenDesk, metrics: AgentMetrics, logger: Logger): void {
  metrics.showRemaining(entries)
  for (const { integration, manager } of entries) {
    metrics.watch(integration, [manager])
    const slot = { integration, client_id: manager.clientId, scope: manager.scope }
    manager.on('issued', ({ jti, generation, expiresInSeconds, why }) => {
      logger.info(
        { event: 'token.issued', ...slot, jti, gen: generation, expires_in: expiresInSeconds, why },
        'token issued',
      )
    })
    manager.on('superseded-by-other', ({ jti, generation }) => {
      const message = 'somebody else has requested a token for this slot; it was requested anew'
      logger.warn({ event: 'token.superseded_by_other', ...slot, jti, gen: generation }, message)
    })
    manager.on('failed', ({ error, retryInMs }) => {
      const facts = {
        event: 'token.request_failed',
        ...slot,
        reason: error.code,
        status: error.status,
        retry_in_ms: retryInMs,
      }
      logger.error(facts, error.message)
    })
  }
}
