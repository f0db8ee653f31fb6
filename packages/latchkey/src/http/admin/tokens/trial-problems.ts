// The problems for a refused trial token. They name the real reason, which an operator may know and a client may not.
import type { TrialRefusal } from '../../../operations/request-trial-token.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import type { Problem } from '../problems/problem.ts'

/** @param address the address of the caller */
export function trialProblem(refusal: TrialRefusal, address: string): Problem {
  switch (refusal.reason) {
    case 'unknown_integration':
    case 'secret_not_kept':
      return integrationProblem(refusal)
    case 'too_many_failures':
      return {
        code: 'too_many_requests',
        detail: `Too many requests with this client ID had wrong credentials (${refusal.failure}). Send the right credentials, or wait ${String(refusal.retryAfterSeconds)} seconds.`,
      }
    case 'wrong_secret':
      return refused('The client secret is not a valid secret of this integration.')
    case 'client_disabled':
      return refused('The integration is disabled. Enable it first.')
    case 'address_not_allowed':
      return refused(`The integration may be used only from its allowed addresses, and your address is ${address}.`)
    case 'scope_unknown':
    case 'scope_missing':
    case 'scope_several':
    case 'scope_malformed':
      return refused('There is no such scope.')
    case 'scope_not_granted':
      return refused('The integration may not request this scope.')
    case 'unknown_client':
      return refused('The integration was deleted at this moment.')
    case 'trust_rule_mismatch': {
      const claim = refusal.proof?.claim
      const which = claim === undefined ? '' : ` The claim ${claim} does not match.`
      return refusedAssertion(refusal.reason, `No trust rule of this integration matches its claims.${which}`)
    }
    case 'assertion_malformed':
    case 'assertion_header_unusable':
    case 'assertion_typ_unusable':
    case 'assertion_alg_unusable':
    case 'assertion_claims_unusable':
    case 'client_id_mismatch':
    case 'assertion_audience':
    case 'assertion_expired':
    case 'assertion_not_yet':
    case 'unknown_issuer':
    case 'unknown_key':
    case 'bad_assertion_signature':
    case 'credential_ended':
    case 'assertion_lifetime':
    case 'assertion_replayed':
      return refusedAssertion(refusal.reason, ASSERTION_REFUSALS[refusal.reason])
    case 'assertion_state_unknown':
    case 'replay_window_crowded':
    case 'verifications_full':
    case 'key_source_unavailable':
      return refused(
        `The server cannot decide about the assertion now (${refusal.reason}). ${UNDECIDED[refusal.reason]} Try again in ${String(refusal.retryAfterSeconds)} seconds.`,
      )
    case 'credentials_missing':
    case 'grant_type_missing':
    case 'grant_type_unsupported':
    case 'replaces_malformed':
    case 'client_id_needed':
      throw new Error(`a complete trial request was refused as ${refusal.reason}`)
  }
}

const ASSERTION_REFUSALS = {
  assertion_malformed: 'It is no signed JWT in compact form, or it is longer than 8192 characters.',
  assertion_header_unusable: 'Its header is too long, or brings its own key.',
  assertion_typ_unusable: 'Its typ is one that no assertion has, such as at+jwt.',
  assertion_alg_unusable: 'Its algorithm is not accepted.',
  assertion_claims_unusable: 'It has no usable iss, sub, exp or jti.',
  client_id_mismatch: 'Its iss is the client ID of another integration.',
  assertion_audience: 'Its aud must be the issuer of this server as one string, or the audience of its trusted issuer.',
  assertion_expired: 'It has expired by the clock of the server.',
  assertion_not_yet: 'It is not valid yet by the clock of the server.',
  unknown_issuer: 'The server trusts no enabled issuer with its iss.',
  unknown_key: 'Neither the integration nor its trusted issuer has a key with this kid and algorithm.',
  bad_assertion_signature: 'Another key signed it, or its text was changed.',
  credential_ended: 'The key that it names has ended.',
  assertion_lifetime: 'It lives longer than its key or trust rule allows.',
  assertion_replayed: 'It was used before. Sign a new one for each request.',
} as const

const UNDECIDED = {
  assertion_state_unknown: 'The server was restored, so the assertion may have been used before.',
  replay_window_crowded: 'Too many assertions of this client expire at the same time.',
  verifications_full: 'Too many other assertions wait.',
  key_source_unavailable: 'The keys of the issuer cannot be fetched.',
} as const

const refused = (detail: string): Problem => ({ code: 'token_request_refused', detail })

const refusedAssertion = (reason: string, why: string): Problem =>
  refused(`The token endpoint refuses the assertion (${reason}). ${why}`)
