// Fetches the code of all pages when the browser has nothing else to do, after the first data is on the screen.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { fetchAllParts } from '../components/lazy-part.tsx'

/** A mark in the browser's timeline: everything before it belongs to the first load. */
const FIRST_DATA = 'latchkey:first-data'

export function useAllPages(isShown: boolean): void {
  const client = useQueryClient()
  useEffect(() => (isShown ? onceQuiet(client, fetchInIdle) : undefined), [client, isShown])
}

function fetchInIdle(): void {
  performance.mark(FIRST_DATA)
  // Safari has no requestIdleCallback.
  const later = (act: () => void) =>
    'requestIdleCallback' in globalThis ? requestIdleCallback(act) : setTimeout(act, 500)
  later(
    () =>
      void fetchAllParts()
        .then(() => import('./palette.tsx'))
        .catch(() => undefined),
  )
}

/**
 * Calls `act` once, when data of a page has arrived and no query is in flight. Returns a function that cancels the
 * call.
 */
function onceQuiet(client: QueryClient, act: () => void): () => void {
  const cache = client.getQueryCache()
  const stop = cache.subscribe(() => {
    const hasData = cache.getAll().some(({ queryKey, state }) => queryKey[0] !== 'session' && state.data !== undefined)
    if (!hasData || client.isFetching() > 0) return
    stop()
    act()
  })
  return stop
}
