// The one event stream of the page: what state it is in, and what it said.
import type { LiveEvents } from 'latchkey/admin-api'
import { type Connection, type ConnectionState, nextConnection } from './connection.ts'

type EventName = keyof LiveEvents

export type LiveEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly data: LiveEvents[Name] }
}[EventName]
type Hear = (event: LiveEvent) => void

const POLL_MS = 5000
const RETRY_MS = 3000
/** How long a tab may be out of sight before it gives its connection to others: browsers allow six to one host. */
const HIDDEN_MS = 5000
const NAMES: readonly EventName[] = ['issuance', 'contention', 'refusal', 'change', 'reset']

let connection: Connection = { state: 'connecting', freshAt: Date.now() }
const watchers = new Set<() => void>()

export const currentConnection = (): Connection => connection

export function watchConnection(watch: () => void): () => void {
  watchers.add(watch)
  return () => watchers.delete(watch)
}

/** For queries with live numbers: not at all while events come, every few seconds otherwise. */
export const pollInterval = (): number | false => (connection.state === 'live' ? false : POLL_MS)

function become(state: ConnectionState): void {
  const next = nextConnection(connection, state, Date.now())
  if (next === connection) return
  connection = next
  for (const watch of watchers) watch()
}

/**
 * Opens the stream and keeps it open. `onRecovered` is called when it is back after a gap that may have held more than
 * the stream can tell. The answer closes it.
 */
export function openLiveConnection(hear: Hear, onRecovered: () => void): () => void {
  let source: EventSource | undefined
  let timer: number | undefined
  let hiding: number | undefined
  let hasGap = false
  const open = (): void => {
    source = new EventSource('/admin/v1/events')
    source.onopen = () => {
      if (hasGap || connection.state === 'lost') onRecovered()
      hasGap = false
      become('live')
    }
    source.onerror = () => {
      become('lost')
      // The browser comes back by itself, unless the answer was something other than a stream.
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = window.setTimeout(open, RETRY_MS)
    }
    for (const name of NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const data = JSON.parse(event.data) as LiveEvents[EventName]
        hear({ name, data } as LiveEvent)
      })
    }
  }
  const close = (): void => {
    clearTimeout(timer)
    source?.close()
    source = undefined
    hasGap = true
  }
  const onVisibility = (): void => {
    clearTimeout(hiding)
    if (document.visibilityState === 'hidden') hiding = window.setTimeout(close, HIDDEN_MS)
    else if (source === undefined) open()
  }
  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    clearTimeout(hiding)
    close()
    become('connecting')
  }
}
