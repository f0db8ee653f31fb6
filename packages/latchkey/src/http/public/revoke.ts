// POST /v1/revoke: end this token (RFC 7009).
import type { Logger } from 'pino'
import { revokeToken, type RevokeTokenPorts } from '../../operations/revoke-token.ts'
import { refused } from './refused.ts'
import { emptyResponse, type Handler } from './public-response.ts'
import { readTokenParameter } from './token-parameter.ts'

export interface RevokeEndpointPorts extends RevokeTokenPorts {
  readonly logger: Logger
}

export const postRevoke =
  (ports: RevokeEndpointPorts): Handler =>
  async (request) => {
    const asked = readTokenParameter(request)
    if (!asked.ok) return refused(ports, request, asked.refusal)
    const outcome = await revokeToken(ports, asked.value)
    if (!outcome.ok) return refused(ports, request, outcome.refusal)
    // RFC 7009 §2.2: 200 also when there was nothing to end; the body is empty.
    return emptyResponse(200, ['Content-Type', 'application/json'])
  }
