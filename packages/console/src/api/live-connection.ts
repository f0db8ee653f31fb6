// The event stream of the page: its state and its events.
import type { LiveEvents } from 'latchkey/admin-api'
import { type Connection, type ConnectionState, nextConnection } from './connection.ts'

type EventName = keyof LiveEvents

export type LiveEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly data: LiveEvents[Name] }
}[EventName]
type Hear = (event: LiveEvent) => void

const POLL_MS = 5000
const RETRY_MS = 3000
/** How long a hidden tab keeps its connection. Browsers allow six connections to one host. */
const HIDDEN_MS = 5000
const NAMES: readonly EventName[] = ['issuance', 'contention', 'refusal', 'change', 'reset']

let connection: Connection = { state: 'connecting', freshAt: Date.now() }
const watchers = new Set<() => void>()
const hearers = new Set<Hear>()

export const currentConnection = (): Connection => connection

export function watchConnection(watch: () => void): () => void {
  watchers.add(watch)
  return () => watchers.delete(watch)
}

/** Calls `hear` with each event while the stream is open. Returns a function that ends the calls. */
export function hearEvents(hear: Hear): () => void {
  hearers.add(hear)
  return () => hearers.delete(hear)
}

/** Returns the polling interval of queries with live numbers. False while events arrive. */
export const pollInterval = (): number | false => (connection.state === 'live' ? false : POLL_MS)

function become(state: ConnectionState): void {
  const next = nextConnection(connection, state, Date.now())
  if (next === connection) return
  connection = next
  for (const watch of watchers) watch()
}

/**
 * Opens the stream and keeps it open. Calls `onRecovered` when the stream is open again after an interruption, because
 * the page may have missed events. Returns a function that closes the stream.
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
      // The browser reconnects by itself, unless the answer was not an event stream.
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = window.setTimeout(open, RETRY_MS)
    }
    for (const name of NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const data = JSON.parse(event.data) as LiveEvents[EventName]
        const happened = { name, data } as LiveEvent
        hear(happened)
        for (const other of hearers) other(happened)
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
