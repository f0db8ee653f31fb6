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

// Characters. A reader that stopped reading costs lines, not memory and not the service.
const LARGEST_BACKLOG = 4 * 1024 * 1024

// A write costs as much as making the lines of four requests: those of the access log are gathered. A process that is
// killed takes with it the lines of that time; one that ends in any other way writes them.
const LONGEST_GATHERING_MS = 20
// Characters: what a pipe takes at once.
const FULL_WRITE = 64 * 1024

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
  return pino(options, { write: lineWriter(format, 'at once') })
}

/** An error and what caused it, in one line and without stacks. */
export const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? stdSerializers.err(cause).message : String(cause)

/** Every member of an entry is named in the code that makes it; those that are undefined are left out. */
export type AccessLog = (
  entry: Readonly<Record<string, string | number | true | readonly string[] | undefined>>,
) => void

/**
 * For one line a request, at the level info. It looks for no secrets in what it is given: that costs more than all else
 * about such a line, and a proxy writes thousands in a second.
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

/** As `Date.prototype.toISOString` has it, which is asked once a second. */
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

// What a terminal obeys or a reader cannot see: control characters of C1 and DEL, format characters such as the marks that
// reverse a text or have no width, and the separators that begin a line for some readers.
const INVISIBLE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu')

/** `line` with each invisible character as JSON writes its code. `JSON.stringify` has done so below U+0020. */
const visible = (line: string): string =>
  INVISIBLE.test(line) ? line.replace(EVERY_INVISIBLE, (character) => character.split('').map(codeOf).join('')) : line

/** Of one UTF-16 unit. */
const codeOf = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `at once`: in this turn of the event loop. `gathered`: with the lines of the next milliseconds. */
type Urgency = 'at once' | 'gathered'

interface LogStream {
  readonly write: (line: string, urgency: Urgency) => void
  /** Hands over what was gathered. */
  readonly flush: () => void
}

/** One for the process, so that the loggers in it share one backlog. */
let standardError: LogStream | undefined

/**
 * Gathers lines into writes, in the order in which they came. When the reader falls behind, lines are dropped and
 * counted. No write happens on a thread of its own: one that blocks there would hold up signatures, and the exit too.
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

/** Resolves when everything logged has been handed to the reader of standard error; false when it did not read in time. */
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
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log.dropped', dropped, msg: 'log lines dropped: their reader fell behind' })}\n`
