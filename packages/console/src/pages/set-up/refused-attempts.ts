// The refused token requests that the first run shows: only a few, and only requests that the operator may have sent.
import type { LiveEvents } from 'latchkey/admin-api'

export interface Attempt {
  readonly id: string
  readonly at: string
  readonly reason: string
  readonly address: string
}

type Refusal = LiveEvents['refusal']

/** The number of attempts that are shown: enough to see what changed between two of them. */
const SHOWN = 3

/**
 * True for a token request with this client ID. Also true if the client ID is unreadable or unknown, because a mistake
 * of the operator may look like that. False for requests of other integrations.
 */
const mayBeOurs = ({ endpoint, reason, client_id: sent }: Refusal, clientId: string): boolean =>
  endpoint === 'token' && (sent === null || sent === clientId || reason === 'unknown_client')

/**
 * Adds `refusal` to the attempts, the newest first. Leaves out the client ID, because a caller may send any text in it.
 */
export function withRefusal(attempts: readonly Attempt[], refusal: Refusal, clientId: string): readonly Attempt[] {
  if (!mayBeOurs(refusal, clientId)) return attempts
  const { request_id: id, at, reason, address } = refusal
  return [{ id, at, reason, address }, ...attempts].slice(0, SHOWN)
}
