// The refusals about credentials, as problems.
import type { AddClientKeyRefusal } from '../../../operations/add-client-key.ts'
import type { EndCredentialRefusal } from '../../../operations/end-credential.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { notFound, type Problem } from '../problems/problem.ts'
import { keyProblem } from './key-problem.ts'

export function credentialProblem(refusal: AddClientKeyRefusal | EndCredentialRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown_integration':
    case 'version_conflict':
    case 'idempotency_key_reused':
      return integrationProblem(refusal)
    case 'unknown_credential':
      return notFound('unknown_credential', 'This integration has no credential with this id. Ids begin with key_.')
    default:
      return keyProblem(refusal.reason, '/jwk')
  }
}
