// The queries of the pages about the platform. queries.ts has the queries about integrations.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  AdminKey,
  Api,
  AuditPage,
  AuditQuery,
  AuditReport,
  IssuerUsePage,
  Operator,
  OperatorSession,
  Overview,
  Setting,
  SigningKey,
  SlotHistory,
  SlotPage,
  List,
} from 'latchkey/admin-api'
import { ask, segment } from './client.ts'
import { counted } from './counted-slot.ts'
import { pollInterval } from './live-connection.ts'
import { readMetrics } from './metrics.ts'

const REFRESH_MS = 10_000
const SLOTS_A_PAGE = 50
const MOST_SLOTS_A_PAGE = 200

export const apisQuery = queryOptions({
  queryKey: ['apis'],
  queryFn: async ({ signal }) => (await ask<List<Api>>('/apis', { signal })).items,
  refetchInterval: pollInterval,
})

export const signingKeysQuery = queryOptions({
  queryKey: ['signing-keys'],
  queryFn: async ({ signal }) => (await ask<List<SigningKey>>('/keys', { signal })).items,
  refetchInterval: REFRESH_MS,
})

export const adminKeysQuery = queryOptions({
  queryKey: ['admin-keys'],
  queryFn: async ({ signal }) => (await ask<List<AdminKey>>('/admin-keys', { signal })).items,
  // Last uses change without an event.
  refetchInterval: REFRESH_MS,
})

export const operatorsQuery = queryOptions({
  queryKey: ['operators'],
  queryFn: async ({ signal }) => (await ask<List<Operator>>('/operators', { signal })).items,
  refetchInterval: REFRESH_MS,
})

export const sessionsQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['operators', operatorId, 'sessions'],
    queryFn: async ({ signal }) =>
      (await ask<List<OperatorSession>>(`/operators/${segment(operatorId)}/sessions`, { signal })).items,
    // Operators sign in and out without an event.
    refetchInterval: REFRESH_MS,
  })

export const configurationQuery = queryOptions({
  queryKey: ['configuration'],
  queryFn: async ({ signal }) => (await ask<List<Setting>>('/configuration', { signal })).items,
  staleTime: Infinity,
})

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: ({ signal }) => readMetrics(signal),
  refetchInterval: REFRESH_MS,
})

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => ask<Overview>('/overview', { signal }),
  refetchInterval: REFRESH_MS,
})

/** Requests only the numbers of the last minutes. */
export const lastMinutesQuery = queryOptions({
  queryKey: ['overview', 'last-minutes'],
  queryFn: ({ signal }) => {
    const since = new Date(Date.now() - 180_000).toISOString()
    return ask<Overview>(`/overview?${new URLSearchParams({ since })}`, { signal })
  },
  refetchInterval: REFRESH_MS,
})

const USES_A_PAGE = 50

/** The integrations whose trust rules name an issuer. */
export const issuerUsesQuery = (issuerId: string) =>
  infiniteQueryOptions({
    queryKey: ['issuers', issuerId, 'uses'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(USES_A_PAGE), ...(pageParam !== '' && { cursor: pageParam }) })
      return ask<IssuerUsePage>(`/issuers/${segment(issuerId)}/integrations?${query}`, { signal })
    },
    getNextPageParam: ({ next_cursor: next }) => next,
    refetchInterval: pollInterval,
  })

const slotPage = (limit: number, cursor: string, signal: AbortSignal): Promise<SlotPage> => {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor !== '' && { cursor }) })
  return ask<SlotPage>(`/tokens?${query}`, { signal })
}

export const liveTokensQuery = infiniteQueryOptions({
  queryKey: ['live-tokens'],
  initialPageParam: '',
  queryFn: async ({ pageParam, signal }) => {
    const { items, next_cursor } = await slotPage(SLOTS_A_PAGE, pageParam, signal)
    return { items: items.map((slot) => counted(slot, Date.now())), next_cursor }
  },
  getNextPageParam: ({ next_cursor: next }) => next,
  refetchInterval: pollInterval,
})

/**
 * The callers that requested the token of one generation. The list grows only while further requests get the same
 * token.
 */
export const sourceQuery = (clientId: string, scope: string, generation: number) =>
  queryOptions({
    queryKey: ['source', clientId, scope, generation],
    queryFn: async ({ signal }) => {
      const path = `/integrations/${segment(clientId)}/tokens/${segment(scope)}`
      const { history } = await ask<SlotHistory>(path, { signal })
      return history.find((issuance) => issuance.generation === generation)?.requesters ?? []
    },
    staleTime: Infinity,
  })

/** Counts the live tokens that were issued while the key signed. Reads all pages of the list. */
export const signedByQuery = ({ kid, signs_from: from, retired_at: until }: SigningKey) =>
  queryOptions({
    queryKey: ['signed-by', kid],
    queryFn: async ({ signal }) => {
      let [signed, cursor]: [number, string | null] = [0, '']
      while (cursor !== null) {
        const page: SlotPage = await slotPage(MOST_SLOTS_A_PAGE, cursor, signal)
        const issued = page.items.flatMap(({ live }) => (live === null ? [] : [live.issued_at]))
        signed += issued.filter((at) => at >= from && (until === null || at <= until)).length
        cursor = page.next_cursor
      }
      return signed
    },
    gcTime: 0,
  })

/** The filters of the audit log, as names and values of the query. */
export type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor'>

const AUDIT_PAGE = '50'
/** The server records a refusal within ten seconds. */
const AUDIT_REFRESH_MS = 10_000

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', 'all', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({
        limit: AUDIT_PAGE,
        ...filter,
        ...(pageParam !== '' && { cursor: pageParam }),
      })
      return ask<AuditPage>(`/audit?${query}`, { signal })
    },
    getNextPageParam: ({ next_cursor: next }) => next,
    // The server sends no event when it records a refusal.
    refetchInterval: filter.kind === 'refusals' ? AUDIT_REFRESH_MS : pollInterval,
  })

export const verifyChain = (): Promise<AuditReport> => ask<AuditReport>('/audit/verify')
