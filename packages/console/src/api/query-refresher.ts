// Fetches queries again after events.
import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query'

/**
 * Returns a function that fetches the shown queries below a key. A fetch in flight goes on. If each event restarted the
 * fetch, frequent events would keep every answer from the page. But the fetch may have read the state before the event,
 * so the queries are fetched once more when the fetch is done.
 */
export function queryRefresher(client: QueryClient): (queryKey: QueryKey) => void {
  const running = new Map<string, Run>()
  const refresh = async (queryKey: QueryKey, run: Run): Promise<void> => {
    do {
      run.isOld = client.isFetching({ queryKey }) > 0
      await client.invalidateQueries({ queryKey }, { cancelRefetch: false })
    } while (run.isOld)
  }
  return (queryKey) => {
    const key = hashKey(queryKey)
    const present = running.get(key)
    if (present !== undefined) {
      present.isOld = true
      return
    }
    const run = { isOld: false }
    running.set(key, run)
    void refresh(queryKey, run).finally(() => running.delete(key))
  }
}

interface Run {
  /** True if the fetches in flight may have read before the last event. */
  isOld: boolean
}
