// The answer to every refusal. The switch is exhaustive: a new reason does not compile until it has an answer.
import {
  ASSERTION_ALGORITHMS,
  describeBasicProblem,
  JWT_BEARER,
  JWT_SPIFFE,
  type OAuthErrorBody,
  type OAuthErrorCode,
} from '@latchkey/protocol'
import type {
  AssertionShape,
  ForeignTokenRefusal,
  IssueRefusal,
  NothingToFollow,
  ThrottledRefusal,
} from '../domain/refusal.ts'
import { jsonResponse, type PublicResponse } from './public/public-response.ts'
import type { RequestRefusal } from './request-refusal.ts'

export type WireRefusal = RequestRefusal | IssueRefusal | ThrottledRefusal | ForeignTokenRefusal | NothingToFollow

interface WireError {
  readonly status: number
  readonly error: OAuthErrorCode
  readonly description: string
  readonly headers?: readonly string[]
}

/** Returns the JSON error of RFC 6749 §5.2. It repeats no part of the request. */
export function wireError(refusal: WireRefusal): PublicResponse {
  const { status, error, description, headers } = describe(refusal)
  return errorResponse(status, { error, error_description: description }, headers)
}

export const errorResponse = (status: number, body: OAuthErrorBody, headers?: readonly string[]): PublicResponse =>
  jsonResponse(status, JSON.stringify(body), headers)

function describe(refusal: WireRefusal): WireError {
  switch (refusal.reason) {
    case 'no_such_endpoint':
      return invalidRequest(404, 'There is no such endpoint. The issuer and its paths are in the server metadata.')
    case 'host_unusable':
      return invalidRequest(400, 'The request must have exactly one Host header, and its value must be a host.')
    case 'transfer_coding_unknown':
      return invalidRequest(501, 'The only supported transfer coding is chunked. Send the body without another coding.')
    case 'method_not_allowed':
      return invalidRequest(405, `This endpoint accepts only ${refusal.allow}.`, ['Allow', refusal.allow])
    case 'content_type_unsupported':
      return invalidRequest(415, 'Send the body as application/x-www-form-urlencoded in UTF-8, or send no body.')
    case 'body_too_large':
      return invalidRequest(413, 'The body is larger than 16 KiB.')
    case 'too_many_parameters':
      return invalidRequest(400, 'The request has more than 100 parameters.')
    case 'parameter_too_long':
      return invalidRequest(400, 'A parameter is longer than 4 KiB. Only client_assertion may have up to 8 KiB.')
    case 'parameters_malformed':
      return invalidRequest(400, 'A parameter is not percent-encoded UTF-8.')
    case 'parameter_repeated':
      return invalidRequest(400, 'A parameter was sent more than once. Query and body count together.')
    case 'secret_in_uri':
      return invalidRequest(
        400,
        'The URI must not contain secrets or tokens. Send them in the body or in the Authorization header, and replace the secret or token that was sent.',
      )
    case 'several_authorization_headers':
      return invalidRequest(400, 'The request has more than one Authorization header.')
    case 'two_authentication_methods':
      return invalidRequest(
        400,
        'The request has more than one kind of credentials. Send only the Authorization header, client_secret or client_assertion.',
      )
    case 'client_id_needed':
      return invalidRequest(400, 'Several integrations trust this assertion. Send client_id to choose one.')
    case 'client_id_mismatch':
      return invalidRequest(400, 'The client_id parameter names another client than the credentials.')
    case 'token_parameter_missing':
      return invalidRequest(400, 'The token parameter is missing from the body.')
    case 'token_of_another_client':
      return invalidRequest(400, 'The token was not issued to this client.')
    case 'no_resource_server_right':
      return {
        status: 403,
        error: 'unauthorized_client',
        description: 'This integration has the resource-server right for no scope, so it cannot read the feed.',
      }
    case 'feed_full':
      return {
        status: 503,
        error: 'temporarily_unavailable',
        description: 'The feed has its maximum number of readers. Try again later.',
        headers: ['Retry-After', '10'],
      }
    case 'assertion_type_missing':
      return invalidRequest(400, `The client_assertion_type parameter is missing. Send ${JWT_BEARER}.`)
    case 'assertion_type_unknown':
      return invalidRequest(400, `The client_assertion_type must be ${JWT_BEARER}, or ${JWT_SPIFFE} for a JWT-SVID.`)
    case 'assertion_missing':
      return invalidRequest(400, 'The client_assertion parameter is missing from the body.')
    case 'assertion_malformed':
      return unusableAssertion('it must be a signed JWT in compact form with at most 8192 characters')
    case 'assertion_header_unusable':
      return unusableAssertion(
        'its header must have at most 1024 bytes, a kid of printable ASCII, and no crit, b64, jwk, jku, x5u, x5c, zip or enc',
      )
    case 'assertion_typ_unusable':
      return unusableAssertion('its typ must be client-authentication+jwt or JWT, or absent')
    case 'assertion_alg_unusable':
      return unusableAssertion(`its alg must be one of ${ASSERTION_ALGORITHMS.join(', ')}`)
    case 'assertion_claims_unusable':
      return unusableAssertion(
        'it needs an exp in whole seconds after iat. An assertion of a client needs the client ID as iss and sub, and a jti of at most 255 bytes. An assertion of a platform needs the iss and sub of the platform',
      )
    case 'assertion_audience':
      return 'issuer' in refusal
        ? unusableAssertion(`its aud must be the issuer, as one string: ${refusal.issuer}`)
        : assertionFailed(refusal.assertion)
    case 'assertion_expired':
      return unusableAssertion('it has expired by the clock of the server. Compare your clock with the Date header')
    case 'assertion_not_yet':
      return unusableAssertion(
        'its iat or nbf is in the future by the clock of the server. Compare your clock with the Date header',
      )
    case 'unknown_key':
    case 'bad_assertion_signature':
    case 'credential_ended':
    case 'assertion_lifetime':
    case 'assertion_replayed':
    case 'unknown_issuer':
    case 'trust_rule_mismatch':
      return assertionFailed(refusal.assertion)
    case 'assertion_state_unknown':
    case 'replay_window_crowded':
    case 'verifications_full':
    case 'key_source_unavailable':
      return {
        status: 503,
        error: 'temporarily_unavailable',
        description: 'The server cannot check the assertion now. Send the request again with a new assertion.',
        headers: ['Retry-After', String(refusal.retryAfterSeconds)],
      }
    case 'basic_unreadable':
      return invalidClient(describeBasicProblem(refusal.problem))
    case 'credentials_missing':
      return invalidClient('Client ID and client secret are missing. Send them as HTTP Basic credentials.')
    // One answer for all cases, so that guessing reveals nothing.
    case 'wrong_secret':
      return secretFailed()
    case 'unknown_client':
    case 'client_disabled':
    case 'address_not_allowed':
      return refusal.assertion === undefined ? secretFailed() : assertionFailed(refusal.assertion)
    case 'too_many_failures':
      return tooManyFailures(refusal)
    case 'grant_type_missing':
      return invalidRequest(400, 'The grant_type parameter is missing. Send grant_type=client_credentials.')
    case 'grant_type_unsupported':
      return bad('unsupported_grant_type', 'The only grant type is client_credentials, in lower case.')
    case 'scope_missing':
      return bad(
        'invalid_scope',
        'The scope parameter is missing. Only an integration with exactly one scope may omit it.',
      )
    case 'scope_several':
      return bad('invalid_scope', 'A token has exactly one scope. Request a separate token for each scope.')
    case 'scope_malformed':
      return bad('invalid_scope', 'The scope parameter is not a valid scope. Send one name without spaces around it.')
    case 'scope_unknown':
      return bad('invalid_scope', 'The scope does not exist. Names are case-sensitive. The server metadata lists them.')
    case 'scope_not_granted':
      return bad('invalid_scope', 'The scope is not allowed for this integration.')
    case 'replaces_malformed':
      return invalidRequest(
        400,
        'The latchkey_replaces parameter must be the generation of a token, or 0 if there is none: digits alone.',
      )
  }
}

const invalidRequest = (status: number, description: string, headers?: readonly string[]): WireError => ({
  status,
  error: 'invalid_request',
  description,
  ...(headers !== undefined && { headers }),
})

const bad = (error: OAuthErrorCode, description: string): WireError => ({ status: 400, error, description })

// RFC 6749 §5.2: the answer is 401, and its challenge names the scheme that the client may use.
const invalidClient = (description: string): WireError => ({
  status: 401,
  error: 'invalid_client',
  description,
  headers: ['WWW-Authenticate', 'Basic realm="latchkey"'],
})

const secretFailed = (): WireError => invalidClient('Client authentication failed. Check client ID and client secret.')

/** The text depends only on the assertion itself, so it reveals no result of the checks. */
const assertionFailed = (shape: AssertionShape = 'usual'): WireError => invalidAssertion(NOT_PROVEN[shape])

const OWN_FAILED =
  'Client authentication failed. Check client ID, key and kid, and sign a new assertion for each request.'
const PLATFORM_FAILED =
  'Client authentication failed. Check client_id and the claims of the assertion: a trust rule must match them.'

const NOT_PROVEN: Readonly<Record<AssertionShape, string>> = {
  usual: OWN_FAILED,
  long_lived: `${OWN_FAILED} Its lifetime is limited to 300 seconds, unless the operator has set a longer one for the key.`,
  platform: PLATFORM_FAILED,
  platform_other_audience: `${PLATFORM_FAILED} Its aud must be the issuer of this server, unless the operator has set another audience.`,
}

const unusableAssertion = (expected: string): WireError =>
  invalidAssertion(`The client assertion cannot be used: ${expected}.`)

/** The challenge repeats the members of the body, because some clients read only the challenge (RFC 6750 §3). */
const invalidAssertion = (description: string): WireError => ({
  ...invalidClient(description),
  headers: ['WWW-Authenticate', `Basic realm="latchkey", error="invalid_client", error_description="${description}"`],
})

// RFC 6749 has no code for this case. `invalid_client` would require the status 401 for a client that used the header
// (§5.2).
const tooManyFailures = ({ limit, retryAfterSeconds, resetsAt }: ThrottledRefusal): WireError => ({
  status: 429,
  error: 'temporarily_unavailable',
  description:
    'Client authentication failed too often from this address. Correct the credentials. The server accepts correct credentials at once.',
  headers: [
    ...['Retry-After', String(retryAfterSeconds)],
    ...['X-Rate-Limit-Limit', String(limit)],
    ...['X-Rate-Limit-Remaining', '0'],
    ...['X-Rate-Limit-Reset', String(resetsAt)],
  ],
})
