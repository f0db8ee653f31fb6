// The reasons why the server refuses a public key, as problems.
import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
import type { CredentialRefusal } from '../../../domain/credential-change.ts'
import { MAX_VALID_KEYS, MAX_VALID_KEYS_OF_ALGORITHM } from '../../../domain/credential.ts'
import type { ClientKeyFault } from '../../../ports/client-keys.ts'
import { type Problem, unusableMember } from '../problems/problem.ts'

/** @param pointer the JSON pointer to the member with the JWK */
export function keyProblem(fault: ClientKeyFault | CredentialRefusal, pointer: string): Problem {
  switch (fault) {
    case 'kid_taken':
      return {
        code: 'kid_taken',
        detail:
          'A valid key of this integration has this kid. Give the new key another kid, or end the other key first.',
      }
    case 'too_many_keys':
      return {
        code: 'too_many_keys',
        detail: `An integration has at most ${String(MAX_VALID_KEYS)} valid keys. End one of them first.`,
      }
    case 'too_many_keys_of_algorithm':
      return {
        code: 'too_many_keys',
        detail: `An integration has at most ${String(MAX_VALID_KEYS_OF_ALGORITHM)} valid keys of one algorithm. End one of them first.`,
      }
    case 'jwks_uri_beside_keys':
      return {
        code: 'jwks_uri_beside_keys',
        detail: 'This integration has a jwks_uri. Publish the key there, or end the jwks_uri first.',
      }
    case 'too_many_jwks_uris':
    case 'too_many_rules':
    case 'unknown_credential':
      throw new Error(`a new key was refused: ${fault}`)
    case 'private_key':
      return {
        code: 'private_key_sent',
        detail:
          'The JWK has private members, so the private key is exposed. Generate a new key pair, and send only its public key.',
      }
    case 'key_type_unusable':
      return unusableMember(pointer, 'must be an RSA, P-256 or Ed25519 key, with its members in base64url')
    case 'key_size_unusable':
      return unusableMember(pointer, 'must have 2048, 3072 or 4096 bits, and an odd exponent of at least 65537')
    case 'key_use_unusable':
      return unusableMember(
        pointer,
        'must allow signatures: use is sig, and key_ops contains verify, if they are there',
      )
    case 'key_alg_unusable':
      return unusableMember(`${pointer}/alg`, `must fit the key, and be one of ${ASSERTION_ALGORITHMS.join(', ')}`)
    case 'kid_unusable':
      return unusableMember(`${pointer}/kid`, 'must have 1 to 128 printable characters of ASCII')
  }
}
