// Keeps the pages up to date: each event refreshes the queries that it concerns, at most a few times a second.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type LiveEvent, openLiveConnection } from './live-connection.ts'
import { sessionQuery } from './queries.ts'
import { queryRefresher } from './query-refresher.ts'

const GATHER_MS = 300
/**
 * How often a contention refreshes the lists. The server sends an event each time that competing callers replace a
 * young token, and only the first event of a minute refreshes the lists.
 */
const CONTENTION_MS = 60_000
const ATTENTION = ['integrations', 'integration']
const PLATFORM = ['live-tokens', 'apis', 'signing-keys', 'admin-keys', 'operators', 'issuers', 'metrics']
const ALL = [...ATTENTION, 'secrets', 'credentials', 'scopes', 'audit', 'traffic', ...PLATFORM]

export function useLiveQueries(isSignedIn: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isSignedIn) return
    const stale = new Set<string>()
    const busy = new Set<string>()
    /** When the lists were refreshed for a contention, by client ID. */
    const contended = new Map<string, number>()
    const fetchAgain = queryRefresher(client)
    let timer: number | undefined
    const flush = (): void => {
      timer = undefined
      for (const clientId of busy) fetchAgain(['traffic', clientId])
      if (busy.size > 0) stale.add('live-tokens')
      for (const key of stale) fetchAgain([key])
      busy.clear()
      stale.clear()
    }
    const refresh = (keys: readonly string[]): void => {
      for (const key of keys) stale.add(key)
      timer ??= window.setTimeout(flush, GATHER_MS)
    }
    const hear = (event: LiveEvent): void => {
      if (event.name === 'change' || event.name === 'reset') return refresh(ALL)
      const clientId = event.data.client_id
      if (clientId !== null) busy.add(clientId)
      if (event.name !== 'contention') return refresh([])
      const now = performance.now()
      const isTold = now - (contended.get(event.data.client_id) ?? -Infinity) < CONTENTION_MS
      if (!isTold) contended.set(event.data.client_id, now)
      refresh(isTold ? [] : ATTENTION)
    }
    const close = openLiveConnection(hear, () => {
      // A fetch that was sent before the interruption may never get an answer, so the page sends these fetches again.
      for (const queryKey of [sessionQuery.queryKey, ...ALL.map((key) => [key])])
        void client.invalidateQueries({ queryKey })
    })
    return () => {
      close()
      clearTimeout(timer)
    }
  }, [client, isSignedIn])
}
