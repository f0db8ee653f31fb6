// The port that checks the signatures of client assertions.
import type { PresentedAssertion } from '@latchkey/protocol'
import type { ClientKey } from '../domain/credential.ts'

export interface AssertionSignatures {
  /**
   * Returns the key that signed the assertion. Undefined if none of these keys did. The work depends only on the
   * assertion, so its time does not reveal how many keys there are. `full`: too many verifications wait, of all
   * addresses or of this one.
   */
  verify(
    assertion: PresentedAssertion,
    keys: readonly ClientKey[],
    address: string,
  ): Promise<ClientKey | undefined | 'full'>
  /** Returns the hash under which a use of an assertion with this `jti` is recorded: 8 bytes as Latin-1 characters. */
  hashOf(jti: string): string
}
