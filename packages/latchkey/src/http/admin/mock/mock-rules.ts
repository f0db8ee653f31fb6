// The access rules for the routes of a mock, and the header that a mock adds to every answer.
import type { RouteRule } from '../access/route-rules.ts'

export const MOCK = '/admin/v1/mock'

export const MOCK_ROUTE_RULES: readonly RouteRule[] = [
  { method: 'GET', url: MOCK, allows: 'editor' },
  { method: 'POST', url: `${MOCK}/clock`, allows: 'editor' },
  { method: 'POST', url: `${MOCK}/supersede`, allows: 'editor' },
  { method: 'POST', url: `${MOCK}/assertions`, allows: 'editor' },
  { method: 'POST', url: `${MOCK}/faults`, allows: 'editor' },
  { method: 'DELETE', url: `${MOCK}/faults`, allows: 'editor' },
]

export const MOCK_MARK = { name: 'Latchkey-Mock', value: '1' } as const
