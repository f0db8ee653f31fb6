// The cache of the pages' queries, kept while a page shows them. An ended session leads to the sign-in page.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { currentConnection } from '../api/live-connection.ts'
import { isSessionOver, isWorthRetrying } from '../api/problem.ts'
import { sessionQuery } from '../api/queries.ts'

export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSessionOver(error) && client.getQueryData(sessionQuery.queryKey) !== null)
      client.setQueryData(sessionQuery.queryKey, null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // While the event stream is interrupted, a failed query is not repeated here: it is sent again at its polling
        // interval, or when the stream is open again.
        retry: (count, error) => currentConnection().state !== 'lost' && isWorthRetrying(count, error),
        retryDelay: 500,
        // A browser that reports no network may still reach this server.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
