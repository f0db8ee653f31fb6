// The refusals about credentials, as problems.
import type { AddCredentialRefusal } from '../../../operations/add-credential.ts'
import type { EndCredentialRefusal } from '../../../operations/end-credential.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { notFound, type Problem } from '../problems/problem.ts'
import { keySourceProblem } from './key-source-problem.ts'
import { keyProblem } from './key-problem.ts'
import { ruleProblem } from './rule-problem.ts'

export function credentialProblem(refusal: AddCredentialRefusal | EndCredentialRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown_integration':
    case 'version_conflict':
    case 'idempotency_key_reused':
      return integrationProblem(refusal)
    case 'unknown_credential':
      return notFound(
        'unknown_credential',
        'This integration has no credential with this id. Ids begin with key_, src_ or tru_.',
      )
    case 'unknown_trusted_issuer':
    case 'too_many_rules':
    case 'too_many_matchers':
    case 'claim_unusable':
    case 'matcher_unusable':
    case 'prefix_unusable':
    case 'identity_missing':
    case 'rule_too_large':
    case 'expires_in_past':
      return ruleProblem(refusal.reason)
    case 'jwks_uri_unusable':
    case 'jwks_uri_beside_keys':
    case 'too_many_jwks_uris':
      return keySourceProblem(refusal.reason, '/uri')
    default:
      return keyProblem(refusal.reason, '/jwk')
  }
}
