// The port for the keys that the server fetches from the `jwks_uri` of an integration.
import type { ClientKeySource } from '../domain/credential.ts'
import type { FoundKeys, KeyQuery, KeySourceState } from './key-source.ts'

export interface ClientKeySources {
  /**
   * Finds the keys for an assertion in memory. Never waits for a fetch, because the wait would show that the client
   * exists. Returns `unknown_key` if the integration no longer uses this source.
   */
  find(source: ClientKeySource, query: KeyQuery): Promise<FoundKeys>
  /** Returns the state of the source in this process. Undefined if the integration no longer uses this source. */
  state(source: ClientKeySource): KeySourceState | undefined
  /**
   * Waits for the end of the first fetch. Never rejects. Resolves to undefined if the integration no longer uses this
   * source.
   */
  firstState(source: ClientKeySource): Promise<KeySourceState | undefined>
}
