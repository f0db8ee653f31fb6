// latchkey agent: serves current tokens until a signal asks it to stop.
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readAgentConfig } from '../agent/read-agent-config.ts'
import { startAgent, type RunningAgent } from '../agent/start-agent.ts'
import { createLogger } from '../log.ts'
import { FolderNotMade } from '../make-folder.ts'
import { CliFailure, configurationUnusable, EXIT, unusable } from './cli-failure.ts'
import { readInput } from './read-input.ts'
import { StopSignals } from './stop-signal.ts'
import type { Terminal } from './terminal.ts'

const MOST_BYTES = 1024 * 1024
const LONGEST_STOP_MILLISECONDS = 10_000

/** Runs an agent. Returns the exit code when the agent has stopped. Throws `CliFailure` if the agent cannot start. */
export async function agent({ config: path }: { readonly config: string }, terminal: Terminal): Promise<number> {
  const signals = new StopSignals()
  const read = readAgentConfig(await readFile(terminal, path), defaultSocket(terminal))
  if (!read.ok) throw configurationUnusable(read.refusal)
  const logger = createLogger({ level: 'info', format: process.stderr.isTTY ? 'pretty' : 'json' })
  const running = await startAgent(read.value, logger).catch((cause: unknown) => {
    if (cause instanceof FolderNotMade) throw unusable(cause.message)
    const message = `The agent cannot start: ${(cause as Error).message}.`
    throw new CliFailure({ code: 'cannot_start', exitCode: EXIT.failure, message })
  })
  const stopRequested = signals.requested()
  logger.info({ event: 'agent.started', socket: running.socket }, 'agent started')
  // Waits until the log has written its lines, so that the start message is the last text on the screen.
  await setImmediate()
  terminal.data(startMessage(running))
  const signal = await stopRequested
  logger.info({ event: 'agent.stopping', signal }, 'finishing the open requests')
  const deadline = setTimeout(() => process.exit(EXIT.failure), LONGEST_STOP_MILLISECONDS)
  deadline.unref()
  await running.stop()
  logger.info({ event: 'agent.stopped' }, 'agent stopped')
  return EXIT.ok
}

async function readFile(terminal: Terminal, path: string): Promise<unknown> {
  const text = await readInput(terminal, path, { what: 'the configuration of the agent', mostBytes: MOST_BYTES })
  const { readYaml } = await import('../config/read-yaml.ts')
  const read = readYaml(text)
  if (!read.ok) throw unusable(`${path} is not valid YAML: ${read.refusal}. Correct the file and try again.`)
  return read.value
}

// systemd sets RUNTIME_DIRECTORY for a service. A user's session has XDG_RUNTIME_DIR.
const defaultSocket = ({ env }: Terminal): string =>
  join(env['RUNTIME_DIRECTORY'] ?? join(env['XDG_RUNTIME_DIR'] ?? '/run', 'latchkey-agent'), 'agent.sock')

function startMessage({ socket, httpUrl, proxies }: RunningAgent): string {
  return [
    'Latchkey agent is ready.',
    `  Socket      ${socket}`,
    ...(httpUrl === undefined ? [] : [`  HTTP        ${httpUrl}`]),
    ...proxies.map(({ name, address }) => `  Proxy       ${name}  ${address}`),
  ].join('\n')
}
