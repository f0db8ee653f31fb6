// latchkey serve: runs the server until a signal asks it to stop.
import { relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Result } from '@latchkey/protocol'
import { LookAlike, type RunningServer, startServer } from '../server/start-server.ts'
import type { Config } from '../config/config.ts'
import type { ConfigProblem } from '../config/config-problem.ts'
import { commandName, type Environment } from '../config/environment.ts'
import { proxyWarning } from '../config/proxy-warning.ts'
import { publishedWarning } from '../config/published-warning.ts'
import { readClientConfig } from '../config/read-client-config.ts'
import { readConfig, type ServerFlags } from '../config/read-config.ts'
import { serverSettings } from '../config/settings.ts'
import { createLogger, type Logger, logIsRead } from '../log.ts'
import { FolderNotMade } from '../make-folder.ts'
import { VERSION } from '../version.ts'
import { CliFailure, configurationUnusable, EXIT, unusable } from './cli-failure.ts'
import { startMessage } from './start-message.ts'
import { type StopSignal, StopSignals } from './stop-signal.ts'
import type { Terminal } from './terminal.ts'

const LONGEST_STOP_MILLISECONDS = 10_000
const LONGEST_FLUSH_MILLISECONDS = 1000

/**
 * Runs the server. Returns the exit code when the server has stopped. Throws `CliFailure` if the server cannot start.
 */
export async function serve(flags: ServerFlags, terminal: Terminal): Promise<number> {
  const { env } = terminal
  return serveUntilStopped(terminal, {
    configuration: () => readConfig({ env, flags }),
    start: (config, logger) => startServer(config, logger, { commandLine: commandFor(config, env) }),
    message: (server, config) =>
      startMessage({
        ...server,
        version: VERSION,
        command: commandFor(config, env),
        adminKey: adminKeyFor(config, env),
        secretReveal: config.secretReveal,
        warnings: [proxyWarning(config), publishedWarning(config)].filter((warning) => warning !== undefined),
      }),
  })
}

interface Served<Server extends RunningServer> {
  readonly configuration: () => Result<Config, readonly ConfigProblem[]>
  readonly start: (config: Config, logger: Logger) => Promise<Server>
  /** The text for standard output when the server is ready. */
  readonly message: (server: Server, config: Config) => string
}

/** Starts a server, runs it until a signal or a failure, and stops it. Returns the exit code. */
export async function serveUntilStopped<Server extends RunningServer>(
  terminal: Terminal,
  { configuration, start, message }: Served<Server>,
): Promise<number> {
  // Installs the signal handlers before any file is read, because a slow disk must not delay signals.
  const signals = new StopSignals()
  const read = configuration()
  if (!read.ok) throw configurationUnusable(read.refusal)
  const config = read.value
  const logger = createLogger(config.log)
  const server = await explained(start(config, logger), logger)
  const stopRequested = signals.requested()
  const { publicUrl, adminUrl, issuer } = server
  logger.info({ event: 'server.started', public_url: publicUrl, admin_url: adminUrl, issuer }, 'server started')
  // Waits until the log has written its lines, so that the start message is the last text on the screen.
  await setImmediate()
  terminal.data(message(server, config))

  const end = await Promise.race([stopRequested, server.failed])
  if (end instanceof Error) return fail(end, logger, terminal)
  return stop(server, { signal: end, delaySeconds: config.shutdownDelaySeconds }, { logger, terminal })
}

interface StopRequest {
  readonly signal: StopSignal
  /** How many seconds the server continues to serve requests after a stop signal. */
  readonly delaySeconds: number
}

async function stop(
  server: RunningServer,
  request: StopRequest,
  { logger, terminal }: { readonly logger: Logger; readonly terminal: Terminal },
): Promise<number> {
  const { signal, delaySeconds } = request
  const plan = delaySeconds > 0 ? 'not ready any more, serving until the delay is over' : 'finishing the open requests'
  logger.info({ event: 'server.stopping', signal, delay_seconds: delaySeconds }, plan)
  const deadline = setTimeout(
    () => {
      terminal.remark('Some requests were still open after 10 seconds. The server ends without finishing them.')
      process.exit(EXIT.failure)
    },
    delaySeconds * 1000 + LONGEST_STOP_MILLISECONDS,
  )
  // After a successful stop, the timer does not keep the process alive. It ends the process if an open handle keeps the
  // process alive.
  deadline.unref()
  const failure = await Promise.race([server.stop(), server.failed])
  if (failure !== undefined) return fail(failure, logger, terminal)
  logger.info({ event: 'server.stopped' }, 'server stopped')
  // Ends the process, because a log pipe without a reader would keep it alive.
  if (!(await logIsRead(LONGEST_FLUSH_MILLISECONDS))) process.exit(EXIT.ok)
  return EXIT.ok
}

// The store can no longer be trusted, so the server does not wait for open requests.
function fail(cause: Error, logger: Logger, terminal: Terminal): never {
  logger.fatal({ event: 'server.failed', err: cause }, 'server failed')
  terminal.remark(`The server stopped because it could not continue safely: ${cause.message}`)
  process.exit(EXIT.failure)
}

async function explained<Server>(starting: Promise<Server>, logger: Logger): Promise<Server> {
  try {
    return await starting
  } catch (cause) {
    if (cause instanceof FolderNotMade || cause instanceof LookAlike) throw unusable(cause.message)
    // An expected failure has its remedy in the message. A TypeError or RangeError is a bug, and keeps its stack.
    if (!(cause instanceof Error) || cause instanceof TypeError || cause instanceof RangeError) throw cause
    logger.debug({ event: 'server.start_failed', err: cause }, 'start failed')
    throw new CliFailure({ code: 'cannot_start', exitCode: EXIT.failure, message: cause.message })
  }
}

const adminKeyFor = ({ dataDir }: Config, env: Environment): 'here' | 'elsewhere' =>
  readClientConfig({ ...env, LATCHKEY_DATA_DIR: dataDir }).ok ? 'here' : 'elsewhere'

/**
 * Returns the command that an operator can paste. The command names the data folder unless it is the default folder.
 */
function commandFor({ dataDir }: Config, env: Environment): string {
  const path = relative(process.cwd(), dataDir)
  const prefix =
    path === serverSettings.dataDir.default ? '' : `LATCHKEY_DATA_DIR='${dataDir.replaceAll("'", `'\\''`)}' `
  return `${prefix}${commandName(env)}`
}
