// Starts an agent: its token managers, its socket, loopback HTTP and the proxies.
import type { Server } from 'node:http'
import { ConnectionCounts } from '../connections/connection-counts.ts'
import { connectionShare } from '../connections/most-connections.ts'
import type { AgentConfig } from './agent-config.ts'
import { createAgentListener, type Handler } from './agent-listener.ts'
import { AgentMetrics } from './agent-metrics.ts'
import { type CallerCheck, onLoopback, onSocket } from './caller-check.ts'
import { listenOnLoopback, listenOnSocket } from './agent-listen.ts'
import type { Logger } from '../log.ts'
import { createTokenProxy } from './token-proxy.ts'
import { openTokenManagers, type TokenManagers } from './token-managers.ts'
import { answerRoute } from './agent-routes.ts'

export interface RunningAgent {
  readonly socket: string
  /** The URL of loopback HTTP. Undefined if loopback HTTP is off. */
  readonly httpUrl?: string
  readonly proxies: readonly { readonly name: string; readonly address: string }[]
  /** Stops accepting requests. Resolves when all open requests are answered. */
  stop(): Promise<void>
}

/**
 * The largest number of client connections of one listener. Each proxied request also needs a connection to the API.
 */
const MOST_CONNECTIONS = 1000

/** Starts the agent. Throws an Error that says what to do if the agent cannot listen on a configured address. */
export async function startAgent(config: AgentConfig, logger: Logger): Promise<RunningAgent> {
  const managers = await openTokenManagers(config)
  const metrics = new AgentMetrics()
  follow(managers, metrics, logger)
  const servers: Server[] = []
  const closers = [
    () => {
      managers.close()
    },
  ]
  const connections: ConnectionCounts[] = []
  const most = Math.min(MOST_CONNECTIONS, connectionShare(0.5 / (2 + config.proxies.length)))
  const serverFor = (name: string, check: CallerCheck, handle: Handler): Server => {
    const counts = new ConnectionCounts(name, most, logger)
    const server = createAgentListener({ check, handle, counts, metrics, logger })
    servers.push(server)
    connections.push(counts)
    return server
  }
  const loopbackCheck = (): CallerCheck => {
    if (config.agentKey === undefined)
      throw new Error('a loopback listener needs an agent key, and the configuration has none')
    return onLoopback(config.agentKey)
  }

  const routes: Handler = (request, response) => answerRoute({ managers, metrics }, request, response)
  try {
    await listenOnSocket(serverFor('socket', onSocket, routes), config.socket)
    const httpPort =
      config.http && (await listenOnLoopback(serverFor('http', loopbackCheck(), routes), config.http.port))
    const proxies: { name: string; address: string }[] = []
    for (const settings of config.proxies) {
      const entry = managers.find(settings.scope, settings.integration)
      if (typeof entry === 'string') throw new Error(`the proxy ${settings.name} has no integration`)
      const onAnswer = (status: number): void => {
        metrics.proxied.inc({ proxy: settings.name, status: String(status) })
      }
      const proxy = createTokenProxy(settings, { manager: entry.manager, onAnswer })
      closers.push(() => {
        proxy.close()
      })
      const handle: Handler = (request, response) => proxy.handle(request, response)
      if ('socket' in settings.listen) {
        await listenOnSocket(serverFor(`proxy ${settings.name}`, onSocket, handle), settings.listen.socket)
        proxies.push({ name: settings.name, address: settings.listen.socket })
      } else {
        const port = await listenOnLoopback(
          serverFor(`proxy ${settings.name}`, loopbackCheck(), handle),
          settings.listen.port,
        )
        proxies.push({ name: settings.name, address: `http://127.0.0.1:${String(port)}` })
      }
    }
    metrics.showConnections(connections)
    const httpUrl = httpPort === undefined ? {} : { httpUrl: `http://127.0.0.1:${String(httpPort)}` }
    return { socket: config.socket, ...httpUrl, proxies, stop: () => stop(servers, closers) }
  } catch (cause) {
    await stop(servers, closers)
    throw cause
  }
}

/**
 * The number of milliseconds that open answers have to finish when the agent stops. Endless streams are cut after this
 * time.
 */
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

function follow({ entries }: TokenManagers, metrics: AgentMetrics, logger: Logger): void {
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
      const message = 'another program requested a token for this slot, so the agent requested a new one'
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
