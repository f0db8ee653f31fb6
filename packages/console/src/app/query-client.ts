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
        // While the connection is lost, each query is sent again by its interval or by the recovery, and is not repeated.
        retry: (count, error) => currentConnection().state !== 'lost' && isWorthRetrying(count, error),
        retryDelay: 500,
        // The browser may reach this server although it reports no network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
