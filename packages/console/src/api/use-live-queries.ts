// Keeps the pages up to date: each event refreshes the queries that it concerns, at most a few times a second.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type LiveEvent, openLiveConnection } from './live-connection.ts'
import { sessionQuery } from './queries.ts'

const GATHER_MS = 300
const PLATFORM = ['live-tokens', 'apis', 'signing-keys', 'admin-keys', 'operators', 'metrics']

export function useLiveQueries(isSignedIn: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isSignedIn) return
    const busy = new Set<string>()
    let changed = false
    let timer: number | undefined
    const flush = (): void => {
      timer = undefined
      for (const clientId of busy) void client.invalidateQueries({ queryKey: ['traffic', clientId] })
      if (busy.size > 0) void client.invalidateQueries({ queryKey: ['live-tokens'] })
      busy.clear()
      if (!changed) return
      changed = false
      for (const key of ['integrations', 'integration', 'secrets', 'scopes', 'audit', 'traffic', ...PLATFORM])
        void client.invalidateQueries({ queryKey: [key] })
    }
    const hear = (event: LiveEvent): void => {
      if (event.name === 'change' || event.name === 'reset') changed = true
      else if (event.data.client_id !== null) busy.add(event.data.client_id)
      timer ??= window.setTimeout(flush, GATHER_MS)
    }
    const close = openLiveConnection(hear, () => {
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      changed = true
      timer ??= window.setTimeout(flush, GATHER_MS)
    })
    return () => {
      close()
      clearTimeout(timer)
    }
  }, [client, isSignedIn])
}
