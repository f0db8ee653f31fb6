// The queries of the pages, each with its cache key. Live parts poll while no events arrive.
import { queryOptions } from '@tanstack/react-query'
import type {
  Activity,
  Credential,
  Integration,
  IntegrationPage,
  IntegrationSecret,
  Scope,
  ServerFacts,
  SetUp,
  Session,
  Slot,
  SlotHistory,
  TrustedIssuer,
  List,
} from 'latchkey/admin-api'
import { ask, segment } from './client.ts'
import { counted } from './counted-slot.ts'
import { pollInterval } from './live-connection.ts'
import { ProblemError } from './problem.ts'
import { queryText } from './query-text.ts'

export interface ListSearch {
  readonly search?: string | undefined
  readonly status?: 'active' | 'disabled' | undefined
  readonly attention?: string | undefined
  readonly scope?: string | undefined
  readonly sort?: string | undefined
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await ask<Session>('/session', { signal })
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) return null
      throw error
    }
  },
  staleTime: Infinity,
})

/** The facts for a visitor who is not signed in: whether there is an owner, and the command line on this machine. */
export const setUpQuery = queryOptions({
  queryKey: ['set-up'],
  queryFn: ({ signal }) => ask<SetUp>('/setup', { signal }),
})

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => ask<ServerFacts>('/server', { signal }),
  staleTime: Infinity,
})

export const versionQuery = queryOptions({
  queryKey: ['version'],
  queryFn: async ({ signal }) => {
    const response = await fetch('/version', { signal })
    return ((await response.json()) as { version: string }).version
  },
  staleTime: Infinity,
})

export const scopesQuery = queryOptions({
  queryKey: ['scopes'],
  queryFn: async ({ signal }) => (await ask<List<Scope>>('/scopes', { signal })).items,
  refetchInterval: pollInterval,
})

const REFRESH_MS = 30_000

/**
 * The server sends no event when a contention (callers that supersede each other's tokens) is over or a secret is near
 * its end.
 */
const attentionInterval = (): number => pollInterval() || REFRESH_MS

export const integrationsQuery = (search: ListSearch) =>
  queryOptions({
    queryKey: ['integrations', search],
    queryFn: ({ signal }) => ask<IntegrationPage>(`/integrations${queryText(search)}`, { signal }),
    refetchInterval: attentionInterval,
  })

/** Finds an integration by its ID or its client ID. */
export const integrationQuery = (id: string) =>
  queryOptions({
    queryKey: ['integration', id],
    queryFn: ({ signal }) => ask<Integration>(`/integrations/${segment(id)}`, { signal }),
    refetchInterval: attentionInterval,
  })

export const secretsQuery = (id: string) =>
  queryOptions({
    queryKey: ['secrets', id],
    queryFn: async ({ signal }) =>
      (await ask<List<IntegrationSecret>>(`/integrations/${segment(id)}/secrets`, { signal })).items,
    // The server writes last uses within ten seconds, and sends no event about them.
    refetchInterval: 10_000,
  })

/** The credentials other than secrets. */
export const keysQuery = (id: string) =>
  queryOptions({
    queryKey: ['credentials', id],
    queryFn: async ({ signal }) =>
      (await ask<List<Credential>>(`/integrations/${segment(id)}/credentials`, { signal })).items,
    refetchInterval: 10_000,
  })

/** The trusted issuers. Every operator may read them. */
export const issuersQuery = queryOptions({
  queryKey: ['issuers'],
  queryFn: async ({ signal }) => (await ask<List<TrustedIssuer>>('/issuers', { signal })).items,
  // The server fetches their keys without an event.
  refetchInterval: 10_000,
})

export const slotsQuery = (clientId: string) =>
  queryOptions({
    queryKey: ['traffic', clientId, 'slots'],
    queryFn: async ({ signal }) =>
      (await ask<List<Slot>>(`/integrations/${segment(clientId)}/tokens`, { signal })).items.map((slot) =>
        counted(slot, Date.now()),
      ),
    refetchInterval: pollInterval,
  })

export const historyQuery = (clientId: string, scope: string) =>
  queryOptions({
    queryKey: ['traffic', clientId, 'history', scope],
    queryFn: async ({ signal }) =>
      counted(
        await ask<SlotHistory>(`/integrations/${segment(clientId)}/tokens/${segment(scope)}`, { signal }),
        Date.now(),
      ),
    refetchInterval: pollInterval,
  })

export const activityQuery = (clientId: string) =>
  queryOptions({
    queryKey: ['traffic', clientId, 'activity'],
    queryFn: ({ signal }) => ask<Activity>(`/integrations/${segment(clientId)}/activity`, { signal }),
    refetchInterval: REFRESH_MS,
  })

/** Requests only the sums, without the intervals. */
export const activitySumsQuery = (clientId: string) =>
  queryOptions({
    queryKey: ['traffic', clientId, 'sums'],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() + 86_400_000).toISOString()
      return ask<Activity>(`/integrations/${segment(clientId)}/activity${queryText({ since })}`, { signal })
    },
    refetchInterval: REFRESH_MS,
  })
