// POST /v1/revoke: revokes a token (RFC 7009).
import type { BlockList } from 'node:net'
import type { Logger } from 'pino'
import { revokeToken, type RevokeTokenPorts } from '../../operations/revoke-token.ts'
import type { Activity } from '../../ports/activity.ts'
import { methodOf } from '../read-credentials.ts'
import { requesterOf } from '../requester.ts'
import { countAuthentication } from './count-authentication.ts'
import { refused } from './refused.ts'
import { emptyResponse, type Handler } from './public-response.ts'
import { readTokenParameter } from './token-parameter.ts'

export interface RevokeEndpointPorts extends RevokeTokenPorts {
  readonly activity: Activity
  readonly trustedProxies: BlockList | undefined
  readonly logger: Logger
}

export const postRevoke =
  (ports: RevokeEndpointPorts): Handler =>
  async (request) => {
    const parameter = readTokenParameter(request)
    if (!parameter.ok) return refused(ports, request, { endpoint: 'revoke', refusal: parameter.refusal })
    const outcome = await revokeToken(ports, {
      ...parameter.value,
      requester: requesterOf(request, ports.trustedProxies),
    })
    countAuthentication(ports.activity, methodOf(request, parameter.value.credentials), outcome)
    if (!outcome.ok) return refused(ports, request, { endpoint: 'revoke', refusal: outcome.refusal })
    // RFC 7009 §2.2: the answer is 200 with an empty body, even if no token had to be revoked.
    return emptyResponse(200)
  }
