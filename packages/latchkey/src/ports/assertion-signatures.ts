// The port that checks the signatures of client assertions.
import type { AssertionParts, OwnAssertion } from '@latchkey/protocol'
import type { ClientKey, PublicJwk } from '../domain/credential.ts'

export interface AssertionSignatures {
  /**
   * Resolves with the key that signed the assertion. Undefined if none of `keys` signed it. The duration depends only
   * on the assertion, so that it does not reveal the number of keys. Resolves with `full` if too many verifications
   * wait, in total or from the network of `address`.
   */
  verify(assertion: OwnAssertion, keys: readonly ClientKey[], address: string): Promise<ClientKey | undefined | 'full'>
  /**
   * Resolves with the key that signed the assertion. Undefined if none of `keys` signed it. The duration depends on the
   * number of keys, so use this function only for keys that are publicly known. Resolves with `full` if too many
   * verifications wait.
   */
  verifyWith(
    assertion: AssertionParts,
    keys: readonly PublicJwk[],
    address: string,
  ): Promise<PublicJwk | undefined | 'full'>
  /**
   * Returns the hash with which the server records the use of an assertion with this `jti`: 8 bytes as Latin-1
   * characters.
   */
  hashOf(jti: string): string
}
