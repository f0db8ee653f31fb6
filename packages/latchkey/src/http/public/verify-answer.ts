// The answer of the verify endpoint. The status and the headers contain the verdict, and the body is empty (RFC 6750).
import { accept, type AccessTokenClaims, bearerChallenge, describeReason, parseScope, refuse } from '@latchkey/protocol'
import type { TokenRefusal } from '../../domain/refusal.ts'
import type { Verdict } from '../../operations/verify-token.ts'
import { emptyResponse, type PublicResponse } from './public-response.ts'

const REALM = 'latchkey'

/** @param query the query of the URL, without its question mark */
export const verifyAnswer = (verdict: Verdict, query: string): PublicResponse =>
  judgedAnswer(requireScopes(verdict, query))

/** @param judged the result of `requireScopes` */
export const judgedAnswer = (judged: Verdict): PublicResponse =>
  judged.ok ? acceptedResponse(judged.value) : refusedResponse(judged.refusal)

/**
 * Refuses the token unless every `scope` parameter of the URL equals the scope of the token. A parameter that is empty,
 * misspelt or added by the query of an application can therefore only cause a refusal, never an acceptance.
 */
export function requireScopes(verdict: Verdict, query: string): Verdict {
  if (!verdict.ok) return verdict
  const claims = verdict.value
  const { scope, client_id: clientId, jti } = claims
  if (query === '' || query === `scope=${scope}`) return accept(claims)
  const required = new URLSearchParams(query).getAll('scope').find((requested) => requested !== scope)
  return required === undefined ? accept(claims) : refuse({ reason: 'insufficient_scope', required, clientId, jti })
}

const acceptedResponse = ({ client_id: clientId, scope, jti }: AccessTokenClaims): PublicResponse =>
  emptyResponse(200, ['X-Latchkey-Client-Id', clientId, 'X-Latchkey-Scope', scope, 'X-Latchkey-Jti', jti])

/**
 * A refusal sets these headers to empty values. A proxy that copies them then overwrites headers that the caller sent.
 */
const NOBODY = ['X-Latchkey-Client-Id', '', 'X-Latchkey-Scope', '', 'X-Latchkey-Jti', '']

function refusedResponse(refusal: TokenRefusal): PublicResponse {
  switch (refusal.reason) {
    case 'token_missing':
      // RFC 6750 §3.1: the answer to a request without credentials has no error code.
      return emptyResponse(401, [...NOBODY, 'WWW-Authenticate', bearerChallenge({ realm: REALM })])
    case 'insufficient_scope':
      return emptyResponse(403, [
        ...NOBODY,
        'Latchkey-Reason',
        refusal.reason,
        'WWW-Authenticate',
        scopeChallenge(refusal.required),
      ])
    default: {
      const at = 'at' in refusal ? { at: rfc3339(refusal.at) } : {}
      const errorDescription = describeReason(refusal.reason, at)
      const challenge = bearerChallenge({ realm: REALM, error: 'invalid_token', errorDescription })
      return emptyResponse(401, [...NOBODY, 'Latchkey-Reason', refusal.reason, 'WWW-Authenticate', challenge])
    }
  }
}

const scopeChallenge = (required: string): string =>
  bearerChallenge({
    realm: REALM,
    error: 'insufficient_scope',
    errorDescription: 'The token is good, but not for what is asked here',
    // RFC 6750 §3: the challenge names a scope only if the required text is a valid scope.
    ...(isOneScope(required) && { scope: required }),
  })

const isOneScope = (text: string): boolean => !['missing', 'several', 'malformed'].includes(parseScope(text))

const rfc3339 = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
