// May this authenticated client have a token of this scope now? Asked when a request arrives and again when its batch closes.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isSecretValid } from './client-secret.ts'
import { type IntegrationState, slotOf } from './integration.ts'
import type { IssueRefusal } from './refusal.ts'
import type { EpochSeconds, Slot } from './slot.ts'

/** Who was authenticated, by which of the integration's secrets. */
export interface AuthenticatedClient {
  readonly clientId: string
  readonly secretId: string
}

export function admit(
  state: IntegrationState | undefined,
  { clientId, secretId }: AuthenticatedClient,
  scope: Scope,
  now: EpochSeconds,
): Result<Slot, IssueRefusal> {
  if (state === undefined) return refuse({ reason: 'unknown_client', clientId })
  if (!state.integration.enabled) return refuse({ reason: 'client_disabled', clientId })
  const secret = state.integration.secrets.find((candidate) => candidate.id === secretId)
  if (secret === undefined || !isSecretValid(secret, now)) return refuse({ reason: 'wrong_secret', clientId })
  const slot = slotOf(state, scope)
  return slot?.open === true ? accept(slot) : refuse({ reason: 'scope_not_granted', clientId })
}
