// Applies the faults that a test plans at a mock.
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault, Faults, FaultyEndpoint } from '../../ports/mock-controls.ts'
import { errorResponse } from '../wire-error.ts'
import { answerOf, type Handler, type PublicAnswer, streamResponse } from './public-response.ts'
import type { Route } from './routes.ts'

/** Returns the routes with handlers that first take the next planned fault of their endpoint. */
export function withFaults(
  routes: (path: string) => Route,
  { issuer, faults, now }: { readonly issuer: string; readonly faults: Faults; readonly now: () => number },
): (path: string) => Route {
  const base = new URL(issuer).pathname
  return (path) => {
    const route = routes(path)
    const endpoint = endpointOf(path, base)
    return endpoint === undefined
      ? route
      : { ...route, handler: faulty(route.handler, () => faults.take(endpoint), now) }
  }
}

function endpointOf(path: string, base: string): FaultyEndpoint | undefined {
  if (path.includes('/.well-known/')) return 'metadata'
  const [, name] = /^\/v1\/(token|introspect|revoke|keys|verify)(?:\/|$)/.exec(path.slice(base.length)) ?? []
  return path.startsWith(base) ? (name as FaultyEndpoint | undefined) : undefined
}

const faulty =
  (handler: Handler, take: () => Fault | undefined, now: () => number): Handler =>
  (request, later) => {
    const fault = take()
    return fault === undefined ? handler(request, later) : meet(fault, () => answerOf(handler, request), now)
  }

async function meet(fault: Fault, answer: () => Promise<PublicAnswer>, now: () => number): Promise<PublicAnswer> {
  switch (fault.kind) {
    case 'too_many_requests': {
      const { retryAfterSeconds } = fault
      return refusal(429, retryAfterSeconds, [
        ...['X-Rate-Limit-Limit', '0', 'X-Rate-Limit-Remaining', '0'],
        ...['X-Rate-Limit-Reset', String(now() + retryAfterSeconds)],
      ])
    }
    case 'unavailable':
      return refusal(503, fault.retryAfterSeconds, [])
    case 'slow': {
      const answered = await answer()
      await pause(fault.delayMilliseconds)
      return answered
    }
    case 'dropped':
      await answer()
      return streamResponse([], (outgoing) => outgoing.destroy())
  }
}

const refusal = (status: number, retryAfterSeconds: number, headers: readonly string[]): PublicAnswer =>
  errorResponse(
    status,
    { error: 'temporarily_unavailable', error_description: 'A test planned this fault at the mock.' },
    ['Retry-After', String(retryAfterSeconds), ...headers],
  )
