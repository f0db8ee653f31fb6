// POST /v1/introspect: tells a resource server whether a token is active (RFC 7662).
import type { AccessTokenClaims, IntrospectionResponse } from '@latchkey/protocol'
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import { introspectToken, type IntrospectTokenPorts } from '../../operations/introspect-token.ts'
import type { Activity } from '../../ports/activity.ts'
import { methodOf } from '../read-credentials.ts'
import { requesterOf } from '../requester.ts'
import { countAuthentication } from './count-authentication.ts'
import { refused } from './refused.ts'
import { type Handler, jsonResponse } from './public-response.ts'
import { readTokenParameter } from './token-parameter.ts'

export interface IntrospectEndpointPorts extends IntrospectTokenPorts {
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

export const postIntrospect =
  (ports: IntrospectEndpointPorts): Handler =>
  async (request) => {
    const parameter = readTokenParameter(request)
    if (!parameter.ok) return refused(ports, request, { endpoint: 'introspect', refusal: parameter.refusal })
    const outcome = await introspectToken(ports, {
      ...parameter.value,
      requester: requesterOf(request, ports.trustedProxies),
    })
    countAuthentication(ports.activity, methodOf(request, parameter.value.credentials), outcome)
    if (!outcome.ok) return refused(ports, request, { endpoint: 'introspect', refusal: outcome.refusal })
    return jsonResponse(200, JSON.stringify(introspection(outcome.value)))
  }

function introspection(claims: AccessTokenClaims | undefined): IntrospectionResponse {
  if (claims === undefined) return { active: false }
  const { scope, client_id, exp, iat, sub, aud, iss, jti, gen } = claims
  return { active: true, scope, client_id, token_type: 'Bearer', exp, iat, sub, aud, iss, jti, gen }
}
