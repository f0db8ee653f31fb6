// The reasons why the server refuses a `jwks_uri`, as problems.
import type { CredentialRefusal } from '../../../domain/credential-change.ts'
import { type Problem, unusableMember } from '../problems/problem.ts'

/** @param pointer the JSON pointer to the member with the URL */
export function keySourceProblem(fault: 'jwks_uri_unusable' | CredentialRefusal, pointer: string): Problem {
  switch (fault) {
    case 'jwks_uri_unusable':
      return unusableMember(pointer, 'must be an https URL without a user name, a password or a fragment')
    case 'jwks_uri_beside_keys':
      return {
        code: 'jwks_uri_beside_keys',
        detail: 'An integration has either keys or a jwks_uri. End the present keys or jwks_uri first.',
      }
    case 'too_many_jwks_uris':
      return {
        code: 'jwks_uri_beside_keys',
        detail: 'An integration has at most one jwks_uri. End the present jwks_uri first.',
      }
    case 'unknown_credential':
    case 'too_many_keys':
    case 'too_many_keys_of_algorithm':
    case 'kid_taken':
    case 'too_many_rules':
      throw new Error(`a jwks_uri was refused: ${fault}`)
  }
}
