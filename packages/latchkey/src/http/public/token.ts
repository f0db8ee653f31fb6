// POST /v1/token: the access token request and its answer (RFC 6749 §4.4.2, §4.4.3).
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import { mapResolvers } from '../../domain/resolvers.ts'
import { issueToken, type IssueTokenPorts, type TokenGrant, type TokenOutcome } from '../../operations/issue-token.ts'
import type { Activity } from '../../ports/activity.ts'
import { methodOf, readCredentials } from '../read-credentials.ts'
import { readForm } from '../read-form.ts'
import { requesterOf } from '../requester.ts'
import { countAuthentication } from './count-authentication.ts'
import type { PublicRequest } from './public-request.ts'
import { refused } from './refused.ts'
import { type Handler, jsonResponse, type PublicResponse } from './public-response.ts'

export interface TokenEndpointPorts extends IssueTokenPorts {
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

export const postToken =
  (ports: TokenEndpointPorts): Handler =>
  (request, later) => {
    if (request.method !== 'POST')
      return refused(ports, request, { endpoint: 'token', refusal: { reason: 'method_not_allowed', allow: 'POST' } })
    const form = readForm(request)
    if (!form.ok) return refused(ports, request, { endpoint: 'token', refusal: form.refusal })
    const credentials = readCredentials(request, form.value)
    if (!credentials.ok) return refused(ports, request, { endpoint: 'token', refusal: credentials.refusal })
    const method = methodOf(request, credentials.value)
    const requester = requesterOf(request, ports.trustedProxies)
    const requested = {
      credentials: credentials.value,
      grantType: form.value.get('grant_type'),
      scope: form.value.get('scope'),
      replaces: form.value.get('latchkey_replaces'),
      requester,
    }
    const answer = (outcome: TokenOutcome): PublicResponse => {
      countAuthentication(ports.activity, method, outcome)
      if (!outcome.ok) return refused(ports, request, { endpoint: 'token', refusal: outcome.refusal })
      ports.activity.issued({ ...outcome.value, requester })
      log(ports.logger, request, outcome.value)
      return tokenResponse(outcome.value)
    }
    issueToken(ports, requested, mapResolvers(later, answer))
    return undefined
  }

/**
 * The body has exactly four members, so it is joined as text. A JWT, a number and a scope-token need no escaping in
 * JSON.
 */
const tokenResponse = (grant: TokenGrant): PublicResponse =>
  jsonResponse(
    200,
    `{"token_type":"Bearer","expires_in":${String(grant.expiresIn)},"access_token":"${grant.issued.text}","scope":"${grant.scope}"}`,
    conditionHeaders(grant),
  )

/**
 * Returns headers that describe the token in the answer, if the request had `latchkey_replaces`. Undefined for other
 * requests.
 */
const conditionHeaders = ({ issued: { kind, token }, graceSeconds }: TokenGrant): readonly string[] | undefined =>
  graceSeconds === undefined
    ? undefined
    : [
        ...['Latchkey-Issuance', kind === 'issued' ? 'new' : 'live'],
        ...['Latchkey-Generation', String(token.generation)],
        ...['Latchkey-Grace', String(graceSeconds)],
      ]

function log(
  logger: Logger,
  request: PublicRequest,
  { issued, clientId, credentialId, subject, scope }: TokenGrant,
): void {
  if (!logger.isLevelEnabled('debug')) return
  const { jti, generation } = issued.token
  logger.debug(
    {
      event: 'token.issued',
      request_id: request.id,
      kind: issued.kind,
      client_id: clientId,
      credential_id: credentialId,
      subject,
      scope,
      jti,
      gen: generation,
    },
    'token issued',
  )
}
