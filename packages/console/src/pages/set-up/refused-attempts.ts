// The refused token requests that the first run shows: few, and only those that the newcomer may have sent.
import type { LiveEvents } from 'latchkey/admin-api'

export interface Attempt {
  readonly id: string
  readonly at: string
  readonly reason: string
  readonly address: string
}

type Refusal = LiveEvents['refusal']

/** Enough to see what changed between two tries. */
const SHOWN = 3

/**
 * True for a token request with this client ID, and for one whose client ID is unreadable or unknown: that is what
 * mistakes look like. False for requests of other integrations.
 */
const mayBeOurs = ({ endpoint, reason, client_id: sent }: Refusal, clientId: string): boolean =>
  endpoint === 'token' && (sent === null || sent === clientId || reason === 'unknown_client')

/** The attempts after `refusal`, the newest first. The client ID of a request is left out: a caller may send anything. */
export function withRefusal(attempts: readonly Attempt[], refusal: Refusal, clientId: string): readonly Attempt[] {
  if (!mayBeOurs(refusal, clientId)) return attempts
  const { request_id: id, at, reason, address } = refusal
  return [{ id, at, reason, address }, ...attempts].slice(0, SHOWN)
}
