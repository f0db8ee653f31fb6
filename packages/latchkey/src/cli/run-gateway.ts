// Runs a gateway until a signal asks it to stop.
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readGatewayConfig } from '../config/read-gateway-config.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { type Gateway, type GatewayLoggers, startGateway } from '../gateway/gateway.ts'
import { createAccessLog, createLogger, logIsRead } from '../log.ts'
import { VERSION } from '../version.ts'
import { CliFailure, configurationUnusable, EXIT } from './cli-failure.ts'
import { readInput } from './read-input.ts'
import { StopSignals } from './stop-signal.ts'
import type { Terminal } from './terminal.ts'

const MOST_BYTES = 1024 * 1024
const LONGEST_FLUSH_MILLISECONDS = 1000
/** Milliseconds that the gateway gets to stop, in addition to the time in which open answers may finish. */
const STOP_MARGIN_MILLISECONDS = 2000

/**
 * Runs a gateway. Returns the exit code when the gateway has stopped. Throws `CliFailure` if the gateway cannot start.
 */
export async function runGateway(path: string, terminal: Terminal): Promise<number> {
  const signals = new StopSignals()
  const text = await readInput(terminal, path, { what: 'the settings of a gateway', mostBytes: MOST_BYTES })
  const read = readGatewayConfig({ text, name: basename(path), env: terminal.env })
  if (!read.ok) throw configurationUnusable(read.refusal)
  const config = read.value
  const logger = createLogger(config.log)
  const gateway = await start(config, { logger, accessLog: createAccessLog(config.log) })
  const stopRequested = signals.requested()
  const { url, statusUrl } = gateway
  logger.info({ event: 'gateway.started', url, status_url: statusUrl, issuer: config.issuer }, 'gateway started')
  // Waits until the log has written its lines, so that the start message is the last text on the screen.
  await setImmediate()
  terminal.data(startMessage(config, gateway))
  gateway.ready().then(
    () => {
      logger.info({ event: 'gateway.ready' }, 'the gateway can verify tokens')
    },
    (cause: unknown) => {
      logger.error({ event: 'gateway.not_ready', err: cause }, 'the gateway cannot verify tokens')
    },
  )

  const signal = await stopRequested
  const { shutdownDelay, stop } = config.timeouts
  logger.info(
    { event: 'gateway.stopping', signal, delay_seconds: shutdownDelay / 1000 },
    'finishing the open requests, after the delay',
  )
  const longest = shutdownDelay + stop + STOP_MARGIN_MILLISECONDS
  const deadline = setTimeout(() => process.exit(EXIT.failure), longest)
  // After a successful stop, the timer does not keep the process alive. It ends the process if an open handle keeps the
  // process alive.
  deadline.unref()
  await gateway.stop()
  logger.info({ event: 'gateway.stopped' }, 'gateway stopped')
  // Ends the process, because a log pipe without a reader would keep it alive.
  if (!(await logIsRead(LONGEST_FLUSH_MILLISECONDS))) process.exit(EXIT.ok)
  return EXIT.ok
}

async function start(config: GatewayConfig, loggers: GatewayLoggers): Promise<Gateway> {
  try {
    return await startGateway(config, loggers)
  } catch (cause) {
    // An expected failure has its remedy in the message. A TypeError or RangeError is a bug, and keeps its stack.
    if (!(cause instanceof Error) || cause instanceof TypeError || cause instanceof RangeError) throw cause
    throw new CliFailure({ code: 'cannot_start', exitCode: EXIT.failure, message: cause.message })
  }
}

function startMessage({ apis, liveness }: GatewayConfig, { url, statusUrl }: Gateway): string {
  const width = Math.max(...apis.map(({ name }) => name.length))
  const scopeWidth = Math.max(...apis.map(({ scope }) => scope.length))
  const rows = apis.map(
    ({ name, scope, upstream }) => `  ${name.padEnd(width)}  ${scope.padEnd(scopeWidth)}  →  ${upstream}`,
  )
  return [
    `The gateway of Latchkey ${VERSION} listens.`,
    '',
    `  Clients   ${url}`,
    `  Status    ${statusUrl}/readyz, /livez, /metrics`,
    `  Liveness  ${liveness.mode}`,
    '',
    ...rows,
    '',
  ].join('\n')
}
