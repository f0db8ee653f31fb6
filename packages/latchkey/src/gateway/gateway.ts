// The entry point of the gateway: starts its listeners and its guard, and stops them.
import { createGuard, type Guard } from '@latchkey/guard'
import { listenerUrl } from '../config/config.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { AccessLog, Logger } from '../log.ts'
import { ConnectionCounts } from '../connections/connection-counts.ts'
import { connectionShare } from '../connections/most-connections.ts'
import { Drain } from '../server/drain.ts'
import { listen } from '../server/listen.ts'
import { closeServer } from '../server/close-server.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import { createListener } from './listener.ts'
import { createProxy } from './proxy.ts'
import { createStatusListener } from './status-listener.ts'
import { Upstreams } from './upstreams.ts'

export interface Gateway {
  readonly url: string
  readonly statusUrl: string
  /**
   * Resolves when the guard can decide about tokens. Rejects with a `GuardError` if the guard fails for a reason that
   * retries cannot solve.
   */
  ready(): Promise<void>
  /**
   * Waits for the configured delay, closes the listeners, gives open requests time to finish, and then closes the
   * remaining connections.
   */
  stop(): Promise<void>
}

export interface GatewayLoggers {
  readonly logger: Logger
  /** Writes one log line for each request. */
  readonly accessLog: AccessLog
}

/** The largest number of connections to the listener for health checks and monitoring. */
const MOST_PROBES = 100

/** Starts a gateway. Resolves when both listeners accept connections. Rejects with an Error that says what to do. */
export async function startGateway(config: GatewayConfig, loggers: GatewayLoggers): Promise<Gateway> {
  const { logger } = loggers
  const metrics = new GatewayMetrics()
  const guard = guardOf(config, metrics, logger)
  const upstreams = new Upstreams(config.timeouts)
  const counts = new ConnectionCounts('clients', Math.min(config.limits.connections, connectionShare(0.5)), logger)
  const drain = new Drain()
  const work = createProxy({
    ...{ config, guard, upstreams, metrics, ...loggers },
    isDraining: () => drain.endsConnections(server),
  })
  const server = createListener(config, counts, work)
  const statusCounts = new ConnectionCounts('status', Math.min(MOST_PROBES, connectionShare(0.1)), logger)
  const status = createStatusListener(
    {
      guard,
      judgesWithoutTable: () => config.liveness.mode === 'feed' && config.liveness.onStale === 'introspect',
      isDraining: () => drain.hasBegun,
    },
    metrics.measurements(guard, [counts, statusCounts]),
    statusCounts,
  )
  const stop = async (delay: number): Promise<void> => {
    await drain.begin(delay)
    await closeServer(server, config.timeouts.stop)
    await Promise.all([guard.close(), upstreams.close()])
    await closeServer(status, 0)
  }
  try {
    const { listener } = config
    const statusPort = await listen(status, {
      host: config.status.host,
      port: config.status.port,
      setting: 'status.port',
    })
    const port = await listen(server, { host: listener.host, port: listener.port, setting: 'listen.port' })
    return {
      url: listenerUrl(listener, port),
      statusUrl: listenerUrl(config.status, statusPort),
      ready: () => guard.ready(),
      stop: () => stop(config.timeouts.shutdownDelay),
    }
  } catch (cause) {
    await stop(0)
    throw cause
  }
}

function guardOf(config: GatewayConfig, metrics: GatewayMetrics, logger: Logger): Guard {
  const { credentials } = config
  return createGuard({
    issuer: new URL(config.issuer),
    audience: config.audience,
    liveness: config.liveness,
    ...(credentials && { credentials }),
    onEvent: (event) => {
      metrics.guardTold(event)
      if (event.type === 'error') {
        logger.warn({ event: 'guard.error', code: event.code, detail: event.message }, 'the guard reports an error')
      }
    },
  })
}
