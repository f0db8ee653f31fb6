// Issues an access token by the client credentials grant (RFC 6749 §4.4), deleting the one before it.
import { accept, parseScope, refuse, type Result, type Scope } from '@latchkey/protocol'
import { grantedScopes, type IntegrationState, slotOf } from '../domain/integration.ts'
import type { GrantRefusal, IssueRefusal, ThrottledRefusal } from '../domain/refusal.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { IssuedToken, Slots } from '../ports/slots.ts'
import {
  authenticateAs,
  type AuthenticateClientPorts,
  type AuthenticatedIntegration,
  type ClientRequest,
  countFailure,
  type FailedAuthentication,
} from './authenticate-client.ts'

export interface IssueTokenPorts extends AuthenticateClientPorts {
  readonly catalog: Catalog
  readonly slots: Slots
}

export interface TokenRequest extends ClientRequest {
  /** The parameters as sent; undefined when missing or without a value. */
  readonly grantType: string | undefined
  readonly scope: string | undefined
}

export interface TokenGrant {
  readonly issued: IssuedToken
  readonly clientId: string
  /** Which of the client's secrets asked for it. */
  readonly secretId: string
  readonly scope: Scope
  /** Whole seconds. */
  readonly expiresIn: number
}

/** A refused request never touches a live token. Throws `StoreUnavailable`. */
export async function issueToken(
  ports: IssueTokenPorts,
  request: TokenRequest,
): Promise<Result<TokenGrant, IssueRefusal | ThrottledRefusal>> {
  const outcome = await ports.integrations.decide(
    request.credentials.clientId,
    async (state): Promise<Result<TokenGrant, Refused>> => {
      const authenticated = authenticateAs(state, ports, request)
      if (!authenticated.ok) return refuse({ by: 'authentication', refusal: authenticated.refusal })
      const granted = await issueTo(authenticated.value, ports, request)
      return granted.ok ? granted : refuse({ by: 'grant', refusal: granted.refusal })
    },
  )
  if (outcome.ok) return outcome
  const { by, refusal } = outcome.refusal
  // A client whose right ended while its request waited has not failed to authenticate.
  return refuse(by === 'authentication' ? countFailure(ports, request, refusal) : refusal)
}

type Refused =
  | { readonly by: 'authentication'; readonly refusal: FailedAuthentication }
  | { readonly by: 'grant'; readonly refusal: IssueRefusal }

async function issueTo(
  { client, state }: AuthenticatedIntegration,
  ports: IssueTokenPorts,
  request: TokenRequest,
): Promise<Result<TokenGrant, IssueRefusal>> {
  const { clientId } = client
  if (request.grantType === undefined) return refuse({ reason: 'grant_type_missing', clientId })
  if (request.grantType !== 'client_credentials') return refuse({ reason: 'grant_type_unsupported', clientId })
  const scope = chooseScope(request.scope, state, ports.catalog)
  if (!scope.ok) return scope
  const outcome = await ports.slots.issue({ client, scope: scope.value, requester: request.requester })
  if (!outcome.ok) return outcome
  const issued = outcome.value
  const { expiresAt, issuedAt } = issued.token
  const expiresIn = expiresAt - (issued.kind === 'issued' ? issuedAt : ports.clock.now())
  return accept({ issued, clientId, secretId: client.secretId, scope: scope.value, expiresIn })
}

/** Returns the store's own string of the scope: the string of the request may be a slice of a body with the secret. */
function grantedScope(state: IntegrationState, asked: Scope): Result<Scope, GrantRefusal> {
  const slot = slotOf(state, asked)
  if (slot?.granted === true) return accept(slot.scope)
  return refuse({ reason: 'scope_not_granted', clientId: state.integration.clientId })
}

/** Exactly one scope; it may be left out when the integration is allowed exactly one (RFC 6749 §3.3). */
function chooseScope(
  parameter: string | undefined,
  state: IntegrationState,
  catalog: Catalog,
): Result<Scope, GrantRefusal> {
  const { clientId } = state.integration
  const asked = parseScope(parameter)
  switch (asked) {
    case 'missing': {
      const [only, ...others] = grantedScopes(state)
      return only === undefined || others.length > 0 ? refuse({ reason: 'scope_missing', clientId }) : accept(only)
    }
    case 'several':
      return refuse({ reason: 'scope_several', clientId })
    case 'malformed':
      return refuse({ reason: 'scope_malformed', clientId })
    default:
      if (catalog.scope(asked) === undefined) return refuse({ reason: 'scope_unknown', clientId })
      return grantedScope(state, asked)
  }
}
