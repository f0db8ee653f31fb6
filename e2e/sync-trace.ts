// Reads a trace of strace, and checks that the store's log was synced before each answer was sent.

/** The options of strace for this check. */
export const SYNC_TRACE = [
  '-ttt',
  '-s',
  '16',
  '-e',
  'trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg',
] as const

type Event =
  | { readonly kind: 'log_written' | 'sync_begun' | 'synced' | 'sync_failed' }
  | { readonly kind: 'answered'; readonly line: string }

export interface SyncVerdict {
  readonly answers: number
  /** The line of each answer that was sent before its write was synced, or that no write preceded. */
  readonly early: readonly string[]
}

/** Judges a trace in which the server answers one request at a time, and each request changes something. */
export function judgeSyncs(trace: string): SyncVerdict {
  const early: string[] = []
  let answers = 0
  // The state of the log's writes since the last answer.
  let state: 'untouched' | 'written' | 'syncing' | 'synced' = 'untouched'
  for (const event of eventsOf(trace)) {
    switch (event.kind) {
      case 'log_written':
        state = 'written'
        break
      case 'sync_begun':
        if (state === 'written') state = 'syncing'
        break
      case 'synced':
        if (state === 'syncing') state = 'synced'
        break
      case 'sync_failed':
        if (state === 'syncing') state = 'written'
        break
      case 'answered':
        answers++
        if (state !== 'synced') early.push(`${state}: ${event.line}`)
        state = 'untouched'
    }
  }
  return { answers, early }
}

// A line of a trace: 4711 1700000000.123456 fsync(27</data/latchkey.db-wal>) = 0
const LINE = /^(?<thread>\d+) +\d+\.\d+ (?:<\.\.\. )?(?<call>\w+)(?<rest>.*)$/
const LOG = /<[^<>]*latchkey\.db-wal>/
const ANSWER = /^\([^,]*TCP(?:v6)?:.*"HTTP\/1\.1 2/

function* eventsOf(trace: string): Generator<Event> {
  /** The threads that are syncing the log at this line. */
  const syncing = new Set<string>()
  for (const line of trace.split('\n')) {
    const { thread, call, rest } = LINE.exec(line)?.groups ?? {}
    if (thread === undefined || call === undefined || rest === undefined) continue
    const isSync = call === 'fsync' || call === 'fdatasync'
    const isResumed = line.includes(' resumed>')
    if (isSync && !isResumed && LOG.test(rest)) {
      syncing.add(thread)
      yield { kind: 'sync_begun' }
    }
    if (isSync && syncing.has(thread) && !line.endsWith('<unfinished ...>')) {
      syncing.delete(thread)
      yield { kind: / = 0$/.test(line) ? 'synced' : 'sync_failed' }
    }
    if (call.startsWith('pwrite') && !isResumed && LOG.test(rest)) yield { kind: 'log_written' }
    if (!isSync && !isResumed && ANSWER.test(rest)) yield { kind: 'answered', line }
  }
}
