// Decides which slots the reader of a feed may follow. A slot is the live token of a client and scope. The reader is a
// guard in a resource server, and may follow all scopes for which its integration has the resource-server right.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { admitClient, type AuthenticatedClient } from '../domain/admission.ts'
import type { Integration } from '../domain/integration.ts'
import type { NothingToFollow } from '../domain/refusal.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { Requester } from '../ports/slots.ts'
import {
  authenticateClient,
  type AuthenticateClientPorts,
  type ClientRefusal,
  type ClientRequest,
} from './authenticate-client.ts'

export interface Follower {
  readonly client: AuthenticatedClient
  readonly requester: Requester
  /** At least one scope, ordered by name. */
  readonly scopes: readonly Scope[]
}

export type FollowRefusal = ClientRefusal | NothingToFollow

/** Authenticates a reader of the feed and returns the scopes that it may follow. Throws `StoreUnavailable`. */
export async function admitFollower(
  ports: AuthenticateClientPorts,
  request: ClientRequest,
): Promise<Result<Follower, FollowRefusal>> {
  const authenticated = await authenticateClient(ports, request)
  if (!authenticated.ok) return authenticated
  const { client, state } = authenticated.value
  const scopes = scopesOf(state.integration)
  if (scopes.length === 0) return refuse({ reason: 'no_resource_server_right', clientId: client.clientId })
  return accept({ client, requester: request.requester, scopes })
}

/**
 * Checks whether the reader still has the same rights. The server repeats this check while a feed connection is open.
 */
export async function reviewFollower(
  { integrations, clock }: Pick<AuthenticateClientPorts, 'integrations' | 'clock'>,
  follower: Follower,
): Promise<'unchanged' | 'right_changed' | 'right_ended'> {
  try {
    const admitted = admitClient(await integrations.find(follower.client.clientId), follower, clock.now())
    const scopes = admitted.ok ? scopesOf(admitted.value.integration) : []
    if (scopes.length === 0) return 'right_ended'
    return scopes.join(' ') === follower.scopes.join(' ') ? 'unchanged' : 'right_changed'
  } catch (cause) {
    // The outcome of the latest change of the integration is unknown, so the server has not confirmed the change to any
    // caller. The reader keeps its rights until the outcome is known.
    if (cause instanceof StoreUnavailable) return 'unchanged'
    throw cause
  }
}

const scopesOf = ({ resourceServerFor }: Integration): readonly Scope[] => resourceServerFor.toSorted()
