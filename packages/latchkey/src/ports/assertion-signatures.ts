// The port that checks the signatures of client assertions.
import type { AssertionParts, OwnAssertion } from '@latchkey/protocol'
import type { ClientKey, PublicJwk } from '../domain/credential.ts'

export interface AssertionSignatures {
  /**
   * Returns the key that signed the assertion. Undefined if none of these keys did. The work depends only on the
   * assertion, so its time does not reveal how many keys there are. `full`: too many verifications wait, of all
   * addresses or of this one.
   */
  verify(assertion: OwnAssertion, keys: readonly ClientKey[], address: string): Promise<ClientKey | undefined | 'full'>
  /**
   * Returns which of these keys signed the assertion. Undefined if none did. The work depends on the number of keys, so
   * use it only for keys whose existence is no secret. `full`: too many verifications wait.
   */
  verifyWith(
    assertion: AssertionParts,
    keys: readonly PublicJwk[],
    address: string,
  ): Promise<PublicJwk | undefined | 'full'>
  /** Returns the hash under which a use of an assertion with this `jti` is recorded: 8 bytes as Latin-1 characters. */
  hashOf(jti: string): string
}
