// The log: one JSON object a line on standard error, or lines for people. It never waits for its reader, and never holds a secret.
import pino, { type Logger, stdSerializers, stdTimeFunctions } from 'pino'
import { isColorSupported, prettyFactory } from 'pino-pretty'

export type { Logger }

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly format: 'json' | 'pretty'
}

// The second line of defence: secrets have a type that does not print, and nothing here is meant to be logged at all.
const NEVER_LOGGED = [
  'access_token',
  'admin_key',
  'assertion',
  'authorization',
  'client_assertion',
  'client_secret',
  'cookie',
  'master_key',
  'password',
  'secret',
  'token',
]

const STANDARD_ERROR = 2
// A reader that stopped reading costs lines, not memory and not the service.
const LARGEST_BACKLOG = 4 * 1024 * 1024

/** Writes to standard error; what is still in memory when the process exits is written then. */
export function createLogger({ level, format }: LogSettings): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err },
    redact: { paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
  }
  const destination = flushedAtExit()
  if (format === 'json') return pino(options, destination)
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY && isColorSupported,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    ignore: 'event',
  })
  return pino(options, { write: (line: string) => destination.write(pretty(line)) })
}

type Destination = ReturnType<typeof pino.destination>

const destinations = new Set<Destination>()
let exiting = false

function flushedAtExit(): Destination {
  let attempts = 0
  const destination = pino.destination({
    fd: STANDARD_ERROR,
    sync: false,
    maxLength: LARGEST_BACKLOG,
    // At the exit nobody waits for a reader that does not read.
    retryEAGAIN: () => !exiting || ++attempts < 10,
  })
  // EPIPE: the reader is gone. There is nobody left to tell.
  destination.on('error', () => destinations.delete(destination))
  if (destinations.size === 0) process.on('exit', flushAll)
  destinations.add(destination)
  return destination
}

function flushAll(): void {
  exiting = true
  for (const destination of destinations) {
    try {
      destination.flushSync()
    } catch {
      // The file descriptor is closed or its reader is stuck: the exit goes on.
    }
  }
}
