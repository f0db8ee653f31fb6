// The integrations whose keys the server fetches from a `jwks_uri`. The code that fetches the keys follows this index.
import { type ClientKeySource, isKeySource } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'

/**
 * Called for each integration that has a source, and again when its source changes. `source` is undefined if the
 * integration no longer has a source.
 */
export type KeySourceFollower = (clientId: string, source: ClientKeySource | undefined) => void

export class KeySourceIndex {
  readonly #sources = new Map<string, ClientKeySource>()
  #follower: KeySourceFollower = () => undefined

  /** Sets the follower, of which there is only one. */
  follow(follower: KeySourceFollower): void {
    this.#follower = follower
    for (const [clientId, source] of this.#sources) follower(clientId, source)
  }

  /** Updates the entry of an integration from its states before and after a change. */
  replace(clientId: string, before: Integration | undefined, after: Integration | undefined): void {
    if (before?.credentials === after?.credentials) return
    const source = after?.credentials.find((one): one is ClientKeySource => isKeySource(one) && !one.hasEnded)
    const known = this.#sources.get(clientId)
    if (source?.id === known?.id) return
    if (source === undefined) this.#sources.delete(clientId)
    else this.#sources.set(clientId, source)
    this.#follower(clientId, source)
  }
}
