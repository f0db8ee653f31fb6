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
        detail: `Too many requests with this client ID had a wrong secret. Send the right secret, or wait ${String(refusal.retryAfterSeconds)} seconds.`,
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
    case 'credentials_missing':
    case 'grant_type_missing':
    case 'grant_type_unsupported':
    case 'unknown_key':
    case 'bad_assertion_signature':
    case 'credential_ended':
    case 'assertion_lifetime':
    case 'assertion_replayed':
    case 'assertion_audience':
    case 'assertion_expired':
    case 'assertion_not_yet':
    case 'assertion_state_unknown':
    case 'replay_window_crowded':
    case 'verifications_full':
    case 'unknown_issuer':
    case 'trust_rule_mismatch':
    case 'client_id_needed':
    case 'key_source_unavailable':
      throw new Error(`a complete trial request with a secret was refused as ${refusal.reason}`)
  }
}

const refused = (detail: string): Problem => ({ code: 'token_request_refused', detail })
