// Live events make the console fetch shown queries again, without cancelling a fetch that is in flight.
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, onTestFinished, test } from 'vitest'
import { queryRefresher } from '../../src/api/query-refresher.ts'

/** A server whose answers wait until the test releases them. Each answer has the state that the request found. */
function shownQuery() {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, networkMode: 'always' } } })
  const server = { state: 0, requests: 0, aborted: 0, answers: [] as (() => void)[] }
  const observer = new QueryObserver(client, {
    queryKey: ['live-tokens'],
    queryFn: ({ signal }) => {
      const { state } = server
      server.requests += 1
      signal.addEventListener('abort', () => (server.aborted += 1))
      return new Promise<number>((resolve) => server.answers.push(() => resolve(state)))
    },
  })
  onTestFinished(observer.subscribe(() => undefined))
  const answer = async () => {
    server.answers.shift()?.()
    // The cache tells its observers in a later task.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return { server, answer, shown: () => client.getQueryData(['live-tokens']), refresh: queryRefresher(client) }
}

test('an answer is shown although events come faster than answers', async () => {
  const { server, answer, shown, refresh } = shownQuery()
  await answer()
  for (server.state = 1; server.state <= 5; server.state += 1) refresh(['live-tokens'])
  await answer()
  expect(shown()).toBe(1)
  expect(server.aborted).toBe(0)
})

test('events during a fetch lead to one more fetch, which finds the last state', async () => {
  const { server, answer, shown, refresh } = shownQuery()
  await answer()
  for (server.state = 1; server.state < 5; server.state += 1) refresh(['live-tokens'])
  await answer()
  await answer()
  expect(shown()).toBe(5)
  expect(server.requests).toBe(3)
  expect(server.answers).toEqual([])
})

test('an answer to a fetch from before the event does not count as the state after the event', async () => {
  const { server, answer, shown, refresh } = shownQuery()
  server.state = 1
  refresh(['live-tokens'])
  await answer()
  await answer()
  expect(shown()).toBe(1)
  expect(server.requests).toBe(2)
})

test('an event after the last answer leads to a fetch', async () => {
  const { server, answer, shown, refresh } = shownQuery()
  await answer()
  for (server.state = 1; server.state <= 2; server.state += 1) {
    refresh(['live-tokens'])
    await answer()
    expect(shown()).toBe(server.state)
  }
  expect(server.requests).toBe(3)
})
