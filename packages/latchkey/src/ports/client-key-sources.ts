// The port for the keys that the server fetches from the `jwks_uri` of an integration.
import type { ClientKeySource } from '../domain/credential.ts'
import type { FoundKeys, KeyQuery, KeySourceState } from './key-source.ts'

export interface ClientKeySources {
  /**
   * Finds the keys for an assertion in memory. Never waits for a fetch, because the wait would show that the client exists.
   * Returns `unknown_key` for a source that has ended.
   */
  find(source: ClientKeySource, query: KeyQuery): Promise<FoundKeys>
  /** Returns what this process knows of the keys. Undefined for a source that has ended. */
  state(source: ClientKeySource): KeySourceState | undefined
  /** Waits for the end of the first fetch. Never rejects. Undefined for a source that has ended. */
  firstState(source: ClientKeySource): Promise<KeySourceState | undefined>
}
