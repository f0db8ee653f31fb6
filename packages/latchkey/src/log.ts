// The log: JSON lines or readable lines on standard error. It never waits for its reader, and never contains a secret.
import pino, { type Logger, stdSerializers, stdTimeFunctions } from 'pino'
import { isColorSupported, prettyFactory } from 'pino-pretty'

export type { Logger }

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly format: 'json' | 'pretty'
}

// Members that are removed from every entry. This is a second safeguard. The first is that secrets have a type that
// does not print.
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

// The largest backlog in characters. If the program that reads the log has stopped, the server drops lines and
// continues, and uses no more memory.
const LARGEST_BACKLOG = 4 * 1024 * 1024

// The time in milliseconds for which lines of the access log are gathered, because a write takes as much time as
// formatting the lines of four requests. A process that is killed loses the gathered lines. A process that ends in any
// other way writes them.
const LONGEST_GATHERING_MS = 20
// The capacity of a pipe in characters.
const FULL_WRITE = 64 * 1024

/** Writes to standard error. When the process exits, writes the lines that are still in memory. */
export function createLogger({ level, format }: LogSettings): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err },
    redact: { paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
  }
  return pino(options, { write: lineWriter(format, 'at once') })
}

/** Formats an error and its causes in one line, without stacks. */
export const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? stdSerializers.err(cause).message : String(cause)

/** The members of an entry. Members that are undefined are left out. */
export type AccessLog = (
  entry: Readonly<Record<string, string | number | true | readonly string[] | undefined>>,
) => void

/**
 * Makes the access log: one line for each request, at the level info. The logger does not search these entries for
 * secrets: the search would take longer than writing the line, and a gateway writes thousands of lines a second.
 */
export function createAccessLog({ level, format }: LogSettings): AccessLog {
  if (!['trace', 'debug', 'info'].includes(level)) return () => undefined
  const write = lineWriter(format, 'gathered')
  return (entry) => {
    write(`{"level":"info","time":"${timeNow()}",${JSON.stringify(entry).slice(1)}\n`)
  }
}

let second = 0
let upToSecond = ''

/** Returns the time in the form of `Date.prototype.toISOString`, which it calls once a second. */
function timeNow(): string {
  const now = Date.now()
  if (now - (now % 1000) !== second) {
    second = now - (now % 1000)
    upToSecond = new Date(second).toISOString().slice(0, 20)
  }
  return `${upToSecond}${String(now % 1000).padStart(3, '0')}Z`
}

function lineWriter(format: LogSettings['format'], urgency: Urgency): (line: string) => void {
  standardError ??= openStandardError()
  const { write: writeLine } = standardError
  const write = (line: string): void => {
    writeLine(visible(line), urgency)
  }
  if (format === 'json') return write
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY && isColorSupported,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    ignore: 'event',
  })
  return (line) => {
    write(pretty(line))
  }
}

// Matches characters that control a terminal or are invisible: C1 controls and DEL, format characters (marks that
// reverse a text or have no width), and separators that begin a new line for some readers.
const INVISIBLE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu')

/** Returns the line with each invisible character escaped as in JSON. `JSON.stringify` escapes those below U+0020. */
const visible = (line: string): string =>
  INVISIBLE.test(line) ? line.replace(EVERY_INVISIBLE, (character) => character.split('').map(codeOf).join('')) : line

/** Returns the escape of one UTF-16 unit. */
const codeOf = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * How a line is written. `at once`: in this turn of the event loop. `gathered`: together with the lines of the next
 * milliseconds.
 */
type Urgency = 'at once' | 'gathered'

interface LogStream {
  readonly write: (line: string, urgency: Urgency) => void
  /** Writes the gathered lines. */
  readonly flush: () => void
}

/** The process has one instance, so that all loggers share one backlog. */
let standardError: LogStream | undefined

/**
 * Gathers lines into writes, in their order. Drops and counts lines when the reader falls behind. It writes only on the
 * main thread, because a blocked write in the thread pool would delay signatures and the exit.
 */
function openStandardError(): LogStream {
  let lines: string[] = []
  let gathered = 0
  let dropped = 0
  let isDue = false
  let gathering: NodeJS.Timeout | undefined
  const flush = (): void => {
    isDue = false
    clearTimeout(gathering)
    gathering = undefined
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    gathered = 0
    process.stderr.write(text)
  }
  const flushSoon = (): void => {
    if (!isDue) setImmediate(flush)
    isDue = true
  }
  process.on('exit', flush)
  return {
    flush,
    write: (line, urgency) => {
      if (process.stderr.writableLength + gathered + line.length > LARGEST_BACKLOG) {
        dropped += 1
        return
      }
      if (dropped > 0) lines.push(droppedLine(dropped))
      dropped = 0
      lines.push(line)
      gathered += line.length
      if (urgency === 'at once' || gathered > FULL_WRITE) flushSoon()
      else gathering ??= setTimeout(flush, LONGEST_GATHERING_MS)
    },
  }
}

/**
 * Resolves with true when the reader of standard error has received all lines. Resolves with false if the reader did
 * not read in time.
 */
export const logIsRead = (milliseconds: number): Promise<boolean> =>
  new Promise((resolve) => {
    const late = setTimeout(() => {
      resolve(false)
    }, milliseconds)
    standardError?.flush()
    process.stderr.write('', () => {
      clearTimeout(late)
      resolve(true)
    })
  })

const droppedLine = (dropped: number): string =>
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log.dropped', dropped, msg: 'log lines were dropped, because their reader fell behind' })}\n`
