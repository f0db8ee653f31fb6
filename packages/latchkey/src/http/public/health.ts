// GET /livez and /readyz: they show whether the process is alive, and whether its store accepts writes.
import { StoreUnavailable, type StoreHealth } from '../../ports/store.ts'
import { wireError } from '../wire-error.ts'
import { type Handler, jsonResponse, type PublicResponse } from './public-response.ts'

export const getLivez: Handler = (request) =>
  isRead(request.method)
    ? jsonResponse(200, '{"status":"alive"}')
    : wireError({ reason: 'method_not_allowed', allow: 'GET, HEAD' })

/**
 * Answers 200 if a write to the store succeeds, and 503 if the store is unavailable. All concurrent probes and other
 * writes share one commit.
 */
export const getReadyz =
  (health: Pick<StoreHealth, 'proveWrite'>): Handler =>
  async (request) => {
    if (!isRead(request.method)) return wireError({ reason: 'method_not_allowed', allow: 'GET, HEAD' })
    try {
      await health.proveWrite()
      return jsonResponse(200, '{"status":"ready"}')
    } catch (cause) {
      if (cause instanceof StoreUnavailable) return notReady(cause)
      throw cause
    }
  }

const notReady = ({ retryAfterSeconds }: StoreUnavailable): PublicResponse =>
  jsonResponse(503, '{"status":"not_ready"}', ['Retry-After', String(retryAfterSeconds)])

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'
